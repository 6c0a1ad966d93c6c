// A result of libsqlbus as a C++ test holds it.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "client/sqlbus.h"
#include "tests/integration/library_handle.hpp"

namespace sqlbus::test {

class LibraryAnswer {
 public:
  LibraryAnswer() = default;
  ~LibraryAnswer() { sqlbus_result_free(result_); }
  LibraryAnswer(const LibraryAnswer&) = delete;
  LibraryAnswer& operator=(const LibraryAnswer&) = delete;

  // Where the C functions put the result.
  sqlbus_result** place() {
    sqlbus_result_free(result_);
    result_ = nullptr;
    return &result_;
  }
  const sqlbus_result* get() const { return result_; }
  bool has_come() const { return result_ != nullptr; }

  std::size_t rows() const { return sqlbus_result_rows(result_); }
  std::int64_t affected() const { return sqlbus_result_affected(result_); }
  std::int32_t error_id() const { return sqlbus_result_error_id(result_); }
  std::string sqlstate() const { return sqlbus_result_sqlstate(result_); }
  std::string message() const { return sqlbus_result_message(result_); }
  // "NULL" where it is.
  std::string text(std::size_t row, std::size_t field) const {
    const char* const text = sqlbus_result_text(result_, row, field);
    return text == nullptr ? "NULL" : text;
  }

 private:
  sqlbus_result* result_ = nullptr;
};

inline int ask(const LibraryHandle& bus, const std::string& sql, LibraryAnswer& answer,
               std::uint32_t timeout_ms = 30'000) {
  return sqlbus_ask(bus.get(), sql.c_str(), nullptr, 0, timeout_ms, answer.place());
}

// The first cell of the first row of a query that has to succeed.
inline std::string scalar(const LibraryHandle& bus, const std::string& sql) {
  LibraryAnswer answer;
  const int code = ask(bus, sql, answer);
  CHECK_MESSAGE(code == SQLBUS_E_OK, bus.error());
  return answer.text(0, 0);
}

}  // namespace sqlbus::test
