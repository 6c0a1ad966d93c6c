// The ODBC driver, on a MariaDB of its own.
#include <stdexcept>

#include "daemon/session/driver_library.hpp"
#include "tests/conformance/subject.hpp"
#include "tests/support/private_mariadb.hpp"

namespace sqlbus::test {
namespace {

class MariaDbSubject final : public Subject {
 public:
  std::string driver_path() const override { return SQLBUS_BUILD_DIR "/drivers/odbc.so"; }
  const char* dbtype() const override { return "MARIADB"; }
  Options options() override {
    return {{"connection_string", server_.connection_string()},
            {"connect_timeout", "5000"},
            {"application_name", "sqlbus:conformance:0"}};
  }
  Options unreachable() const override {
    return {{"odbc_driver", "MariaDB Unicode"},
            {"server", server_.socket() + ".absent"},
            {"username", "root"},
            {"password", "s3cret"},
            {"database", "main"}};
  }
  const Dialect& dialect() const override { return dialect_; }
  std::vector<ColumnCase> column_cases() const override {
    return {
        {"BOOLEAN", boolean(true), SQLBUS_COLUMN_INT, "1"},  // its TINYINT
        {"BOOLEAN", boolean(false), SQLBUS_COLUMN_INT, "0"},
        {"TINYINT", integer(-128), SQLBUS_COLUMN_INT, "-128"},
        {"SMALLINT", integer(-32768), SQLBUS_COLUMN_INT, "-32768"},
        {"MEDIUMINT", integer(8388607), SQLBUS_COLUMN_INT, "8388607"},
        {"INTEGER", integer(INT32_MIN), SQLBUS_COLUMN_INT, "-2147483648"},
        {"BIGINT", integer(INT64_MIN), SQLBUS_COLUMN_INT, "-9223372036854775808"},
        {"BIGINT", integer(INT64_MAX), SQLBUS_COLUMN_INT, "9223372036854775807"},
        {"BIGINT UNSIGNED", number("18446744073709551615"), SQLBUS_COLUMN_INT,
         "18446744073709551615"},
        {"DECIMAL(38,9)", number("12345678901234567890123456789.123456789"), SQLBUS_COLUMN_DECIMAL,
         "12345678901234567890123456789.123456789"},
        {"DOUBLE", number("0.1"), SQLBUS_COLUMN_FLOAT, "0.1"},
        {"DOUBLE", number("1.7976931348623157e308"), SQLBUS_COLUMN_FLOAT,
         "1.7976931348623157e+308"},
        {"DOUBLE", number("0.30000000000000004"), SQLBUS_COLUMN_FLOAT, "0.30000000000000004"},
        {"FLOAT", number("0.1"), SQLBUS_COLUMN_FLOAT, "0.1"},
        {"TEXT", text("größer 🚌"), SQLBUS_COLUMN_TEXT, "größer 🚌"},
        {"TEXT", integer(5), SQLBUS_COLUMN_TEXT, "5"},
        {"TEXT", number("12345678901234567890.123456789"), SQLBUS_COLUMN_TEXT,
         "12345678901234567890.123456789"},
        {"VARCHAR(9)", text("x"), SQLBUS_COLUMN_TEXT, "x"},
        {"LONGTEXT", text(""), SQLBUS_COLUMN_TEXT, ""},
        {"BLOB", bytes(std::string("\0\xff\x01", 3)), SQLBUS_COLUMN_BYTES,
         std::string("\0\xff\x01", 3)},
        {"VARBINARY(9)", bytes(""), SQLBUS_COLUMN_BYTES, ""},
        {"BIT(1)", integer(1), SQLBUS_COLUMN_BOOL, "true"},
        {"BIT(9)", integer(257), SQLBUS_COLUMN_BYTES, std::string("\1\1", 2)},
        {"DATE", text("2024-02-29"), SQLBUS_COLUMN_DATE, "2024-02-29"},
        {"DATE", text("9999-12-31"), SQLBUS_COLUMN_DATE, "9999-12-31"},
        {"TIME", text("23:59:59"), SQLBUS_COLUMN_TIME, "23:59:59"},
        {"TIME(6)", text("23:59:59.000001"), SQLBUS_COLUMN_TIME, "23:59:59.000001"},
        {"TIME", text("-838:59:59"), SQLBUS_COLUMN_TIME, "-838:59:59"},
        {"DATETIME", text("2024-02-29 23:59:59"), SQLBUS_COLUMN_TIMESTAMP, "2024-02-29 23:59:59"},
        {"DATETIME(6)", text("2024-02-29 23:59:59.123456"), SQLBUS_COLUMN_TIMESTAMP,
         "2024-02-29 23:59:59.123456"},
        {"TIMESTAMP(3)", text("2024-02-29 23:59:59.5"), SQLBUS_COLUMN_TIMESTAMP,
         "2024-02-29 23:59:59.500"},
        {"JSON", text("{\"a\": 1}"), SQLBUS_COLUMN_TEXT, "{\"a\": 1}"},
        {"UUID", text("6F9619FF-8B86-D011-B42D-00C04FC964FF"), SQLBUS_COLUMN_TEXT,
         "6f9619ff-8b86-d011-b42d-00c04fc964ff"},
        {"INET6", text("::1"), SQLBUS_COLUMN_TEXT, "::1"},
        {"ENUM('a', 'bé')", text("bé"), SQLBUS_COLUMN_TEXT, "bé"},
        {"SET('a', 'b')", text("b,a"), SQLBUS_COLUMN_TEXT, "a,b"},
        {"YEAR", integer(2024), SQLBUS_COLUMN_INT, "2024"},
    };
  }
  bool kill_sessions() override {
    for (;;) {
      const auto id = server_.query_value(
          "SELECT id FROM information_schema.processlist "
          "WHERE command <> 'Daemon' AND id <> CONNECTION_ID() AND db = 'main' LIMIT 1");
      if (id.empty()) return true;
      try {
        server_.exec("KILL " + id);
      } catch (const std::runtime_error&) {
        // It has just ended by itself.
      }
    }
  }
  void clear() override {
    server_.exec("DROP DATABASE main");
    server_.exec("CREATE DATABASE main CHARACTER SET utf8mb4");
    server_.exec("USE main");
  }

 private:
  PrivateMariaDb server_{};
  Dialect dialect_ = [] {
    auto dialect = dialect_of("MARIADB");
    dialect.keeps_rows_in_memory = true;  // odbc-mariadb 3.1.15 does
    return dialect;
  }();
};

}  // namespace

Subject& subject() {
  static MariaDbSubject instance;
  return instance;
}

const sqlbus_driver& driver() {
  static const auto loaded = load_driver(subject().driver_path());
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded->table;
}

}  // namespace sqlbus::test
