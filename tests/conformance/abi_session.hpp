// A session over the C ABI, with values that a test can compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/sqlbus_driver.h"

namespace sqlbus::test {

using Options = std::vector<std::pair<std::string, std::string>>;

inline std::string copy(const sqlbus_text& text) {
  return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

// A parameter or a cell.
struct Datum {
  std::uint32_t kind = SQLBUS_VALUE_NULL;
  std::int64_t integer = 0;
  std::string text = {};

  friend bool operator==(const Datum&, const Datum&) = default;
};

inline Datum null_datum() { return {}; }
inline Datum boolean(bool value) { return {SQLBUS_VALUE_BOOL, value ? 1 : 0}; }
inline Datum integer(std::int64_t value) { return {SQLBUS_VALUE_INTEGER, value}; }
inline Datum number(std::string text) { return {SQLBUS_VALUE_NUMBER, 0, std::move(text)}; }
inline Datum text(std::string value) { return {SQLBUS_VALUE_TEXT, 0, std::move(value)}; }
inline Datum bytes(std::string value) { return {SQLBUS_VALUE_BYTES, 0, std::move(value)}; }

struct AbiColumn {
  std::string name;
  std::uint32_t type = SQLBUS_COLUMN_OTHER;
};

struct Answer {
  int cls = SQLBUS_OK;
  std::string sqlstate;
  std::string message;
  std::int64_t affected = 0;
  int result_sets = 0;  // calls of columns()
  std::vector<AbiColumn> columns;
  std::vector<std::vector<Datum>> rows;

  bool ok() const { return cls == SQLBUS_OK; }
  // The only cell as text; integers are written out, as drivers may give both.
  std::string value() const;
};

std::string text_of(const Datum& datum);

struct Run {
  std::vector<Datum> params = {};
  sqlbus_access access = SQLBUS_READ_WRITE;
  bool wants_rows = true;
  std::size_t rows_max = std::numeric_limits<std::size_t>::max();  // the sink refuses more
  std::function<void()> on_enough = {};                            // when it does so
};

class AbiSession {
 public:
  // Throws std::runtime_error with the driver's message.
  // has_question_marks: where the tests say $1 the database's placeholder is ?.
  AbiSession(const sqlbus_driver& driver, const Options& options, bool has_question_marks = false);
  // The outcome of an attempt that may fail.
  static Answer try_connect(const sqlbus_driver& driver, const Options& options);

  Answer run(std::string_view sql, const Run& how = {});
  // By start() and step(), as an event loop does it.
  Answer run_in_steps(std::string_view sql, const Run& how = {});
  Answer begin(sqlbus_access access = SQLBUS_READ_WRITE);
  Answer commit(const std::vector<sqlbus_ledger_row>& records = {}) {
    return call([&](auto* session, auto* error) {
      return driver_.commit(session, records.data(), records.size(), error);
    });
  }
  Answer commit_start(const std::vector<sqlbus_ledger_row>& records = {}) {
    return call([&](auto* session, auto* error) {
      return driver_.commit_start(session, records.data(), records.size(), error);
    });
  }
  Answer commit_finish() { return call(driver_.commit_finish); }
  Answer rollback() { return call(driver_.rollback); }
  Answer savepoint(std::uint32_t level) {
    return call(
        [&](auto* session, auto* error) { return driver_.savepoint(session, level, error); });
  }
  Answer rollback_to_savepoint(std::uint32_t level) {
    return call([&](auto* session, auto* error) {
      return driver_.rollback_to_savepoint(session, level, error);
    });
  }
  Answer reset() { return call(driver_.reset); }
  Answer ping(bool& is_writable);
  Answer set_statement_timeout(std::uint32_t timeout_ms);
  int transaction() { return driver_.transaction(session_.get()); }
  void cancel() { driver_.cancel(session_.get()); }

  // A statement with its parameters as the database takes them.
  std::string native(std::string_view sql, std::vector<Datum>& params) const;

  sqlbus_session* get() { return session_.get(); }
  const sqlbus_driver& driver() const { return driver_; }

 private:
  using Runner = std::function<int(sqlbus_session*, sqlbus_item*, sqlbus_error*)>;
  Answer run_by(const Runner& runner, std::string_view sql, const Run& how);
  Answer call(const std::function<int(sqlbus_session*, sqlbus_error*)>& function);

  const sqlbus_driver& driver_;
  const bool has_question_marks_;
  std::unique_ptr<sqlbus_session, void (*)(sqlbus_session*)> session_;
};

}  // namespace sqlbus::test
