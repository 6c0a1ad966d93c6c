// libsqlbus as a C++ test holds it: through its header alone.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "client/sqlbus.h"

namespace sqlbus::test {

inline sqlbus_options library_options() {
  sqlbus_options options{};
  options.struct_size = sizeof options;
  options.app = "test";
  return options;
}

inline sqlbus_request library_request(const char* statement) {
  sqlbus_request request{};
  request.struct_size = sizeof request;
  request.statement = statement;
  return request;
}

class LibraryHandle {
 public:
  explicit LibraryHandle(const std::string& url, const sqlbus_options& options = library_options())
      : opened_(sqlbus_open(url.c_str(), &options, &handle_)) {}
  ~LibraryHandle() { sqlbus_close(handle_); }
  LibraryHandle(const LibraryHandle&) = delete;
  LibraryHandle& operator=(const LibraryHandle&) = delete;

  int opened() const { return opened_; }
  sqlbus_handle* get() const { return handle_; }
  std::string error() const { return sqlbus_error_text(handle_); }

  int send(const sqlbus_request& request) { return sqlbus_send(handle_, &request, nullptr); }
  int send(const char* sql) { return send(library_request(sql)); }
  int add(const sqlbus_request& request) { return sqlbus_buffer_add(handle_, &request, nullptr); }
  int add(const std::string& sql) { return add(library_request(sql.c_str())); }
  int flush(std::size_t& accepted) { return sqlbus_buffer_flush(handle_, &accepted); }
  // Flushes, which has to succeed, and says how many were accepted.
  std::size_t flush() {
    std::size_t accepted = 0;
    const int code = flush(accepted);
    CHECK_MESSAGE(code == SQLBUS_E_OK, error());
    return accepted;
  }
  std::size_t count() const { return sqlbus_buffer_count(handle_); }

 private:
  sqlbus_handle* handle_ = nullptr;
  int opened_;
};

}  // namespace sqlbus::test
