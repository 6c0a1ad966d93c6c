// The ODBC driver, on a PostgreSQL of its own.
#include <stdexcept>

#include "daemon/session/driver_library.hpp"
#include "tests/conformance/subject.hpp"
#include "tests/support/private_postgres.hpp"

namespace sqlbus::test {
namespace {

class PostgresSubject final : public Subject {
 public:
  std::string driver_path() const override { return SQLBUS_BUILD_DIR "/drivers/odbc.so"; }
  const char* dbtype() const override { return "POSTGRESQL"; }
  Options options() override {
    return {{"odbc_driver", "PostgreSQL ANSI"},
            {"server", server_.host()},
            {"port", "5432"},
            {"username", "postgres"},
            {"database", "postgres"},
            {"connect_timeout", "5000"},
            {"application_name", "sqlbus:conformance:0"}};
  }
  Options unreachable() const override {
    return {{"odbc_driver", "PostgreSQL ANSI"},
            {"server", server_.host() + "/absent"},
            {"username", "postgres"},
            {"password", "s3cret"},
            {"database", "postgres"}};
  }
  const Dialect& dialect() const override { return dialect_; }
  std::vector<ColumnCase> column_cases() const override {
    return {
        {"boolean", boolean(true), SQLBUS_COLUMN_BOOL, "true"},
        {"boolean", boolean(false), SQLBUS_COLUMN_BOOL, "false"},
        {"bigint", integer(INT64_MIN), SQLBUS_COLUMN_INT, "-9223372036854775808"},
        {"bigint", integer(INT64_MAX), SQLBUS_COLUMN_INT, "9223372036854775807"},
        {"integer", integer(INT32_MIN), SQLBUS_COLUMN_INT, "-2147483648"},
        {"smallint", integer(-32768), SQLBUS_COLUMN_INT, "-32768"},
        {"numeric", number("12345678901234567890123456789.123456789"), SQLBUS_COLUMN_DECIMAL,
         "12345678901234567890123456789.123456789"},
        {"numeric", text("NaN"), SQLBUS_COLUMN_DECIMAL, "NaN"},
        {"double precision", number("0.1"), SQLBUS_COLUMN_FLOAT, "0.1"},
        {"double precision", number("1.7976931348623157e308"), SQLBUS_COLUMN_FLOAT,
         "1.7976931348623157e+308"},
        {"double precision", text("NaN"), SQLBUS_COLUMN_FLOAT, "NaN"},
        {"real", text("Infinity"), SQLBUS_COLUMN_FLOAT, "Infinity"},
        {"double precision", text("-Infinity"), SQLBUS_COLUMN_FLOAT, "-Infinity"},
        {"text", text("größer 🚌"), SQLBUS_COLUMN_TEXT, "größer 🚌"},
        {"text", text(""), SQLBUS_COLUMN_TEXT, ""},
        {"text", integer(5), SQLBUS_COLUMN_TEXT, "5"},
        {"varchar(9)", text("x"), SQLBUS_COLUMN_TEXT, "x"},
        {"bytea", bytes(std::string("\0\xff\x01", 3)), SQLBUS_COLUMN_BYTES,
         std::string("\0\xff\x01", 3)},
        {"bytea", bytes(""), SQLBUS_COLUMN_BYTES, ""},
        {"date", text("2024-02-29"), SQLBUS_COLUMN_DATE, "2024-02-29"},
        {"date", text("infinity"), SQLBUS_COLUMN_DATE, "0000-00-00"},  // psqlodbc's way
        {"time", text("23:59:59"), SQLBUS_COLUMN_TIME, "23:59:59"},
        {"time", text("23:59:59.123456"), SQLBUS_COLUMN_TIME, "23:59:59.123456"},
        {"timestamp", text("2024-02-29 23:59:59.5"), SQLBUS_COLUMN_TIMESTAMP,
         "2024-02-29 23:59:59.5"},
        {"timestamp", text("infinity"), SQLBUS_COLUMN_TIMESTAMP, "9999-12-31 23:59:59"},
        {"timestamptz", text("2024-02-29 23:59:59+01"), SQLBUS_COLUMN_TIMESTAMP,
         "2024-02-29 22:59:59+00"},
        {"jsonb", text("{\"a\":1}"), SQLBUS_COLUMN_OTHER, "{\"a\": 1}"},
        {"json", text("{\"a\":1}"), SQLBUS_COLUMN_OTHER, "{\"a\":1}"},
        {"uuid", text("6F9619FF-8B86-D011-B42D-00C04FC964FF"), SQLBUS_COLUMN_UUID,
         "6f9619ff-8b86-d011-b42d-00c04fc964ff"},
        {"inet", text("10.0.0.1"), SQLBUS_COLUMN_OTHER, "10.0.0.1"},
        {"int[]", text("{1,NULL,3}"), SQLBUS_COLUMN_OTHER, "{1,NULL,3}"},
        {"bit(3)", text("101"), SQLBUS_COLUMN_OTHER, "101"},
        {"interval", text("1 day"), SQLBUS_COLUMN_OTHER, "1 day"},
    };
  }
  bool kill_sessions() override {
    server_.exec(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE application_name LIKE 'sqlbus:%'");
    return true;
  }
  void clear() override {
    server_.exec(
        "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

 private:
  PrivatePostgres server_;
  Dialect dialect_{
      .bytes_type = "bytea",
      .ten_million_rows = "SELECT generate_series(1, 10000000)",
      .endless = "SELECT pg_sleep(600)",
      .fill_20000 =
          "INSERT INTO sqlbus_t SELECT i, 'w' || i FROM generate_series(1, 20000) i "
          "RETURNING id",
      .insert_with = "INSERT INTO sqlbus_t WITH n AS (SELECT 5 AS i) SELECT i, 'e' FROM n",
      .announces_no_rows = false,
      .has_question_marks = true,
  };
};

}  // namespace

Subject& subject() {
  static PostgresSubject instance;
  return instance;
}

const sqlbus_driver& driver() {
  static const auto loaded = load_driver(subject().driver_path());
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded->table;
}

}  // namespace sqlbus::test
