// The ODBC driver, on an SQLite file in a folder of its own.
#include <filesystem>
#include <stdexcept>

#include "daemon/session/driver_library.hpp"
#include "tests/conformance/subject.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {
namespace {

class SqliteSubject final : public Subject {
 public:
  std::string driver_path() const override { return SQLBUS_BUILD_DIR "/drivers/odbc.so"; }
  const char* dbtype() const override { return "SQLITE"; }
  Options options() override {
    return {{"connection_string", "DRIVER=SQLite3;Timeout=300;DATABASE=" + file_},
            {"connect_timeout", "5000"}};
  }
  Options unreachable() const override {
    return {{"odbc_driver", "SQLite3"},
            {"database", folder_ / "absent/file.db"},
            {"password", "s3cret"}};
  }
  const Dialect& dialect() const override { return dialect_; }
  std::vector<ColumnCase> column_cases() const override {
    return {
        {"INTEGER", integer(INT64_MIN), SQLBUS_COLUMN_INT, "-9223372036854775808"},
        {"BIGINT", integer(INT64_MAX), SQLBUS_COLUMN_INT, "9223372036854775807"},
        {"REAL", number("0.1"), SQLBUS_COLUMN_FLOAT, "0.1"},
        // The ODBC driver tells 15 digits.
        {"DOUBLE", number("0.30000000000000004"), SQLBUS_COLUMN_FLOAT, "0.3"},
        {"REAL", number("1e300"), SQLBUS_COLUMN_FLOAT, "1e+300"},
        {"TEXT", text("größer 🚌"), SQLBUS_COLUMN_TEXT, "größer 🚌"},
        {"TEXT", text(""), SQLBUS_COLUMN_TEXT, ""},
        {"TEXT", number("12345678901234567890.123456789"), SQLBUS_COLUMN_TEXT,
         "12345678901234567890.123456789"},
        {"BLOB", bytes(std::string("\0\xff\x01", 3)), SQLBUS_COLUMN_BYTES,
         std::string("\0\xff\x01", 3)},
        {"DATE", text("2024-02-29"), SQLBUS_COLUMN_DATE, "2024-02-29"},
        {"TIME", text("23:59:59"), SQLBUS_COLUMN_TIME, "23:59:59"},
        {"DATETIME", text("2024-02-29 23:59:59.5"), SQLBUS_COLUMN_TIMESTAMP,
         "2024-02-29 23:59:59.5"},
    };
  }
  bool kill_sessions() override { return false; }
  void clear() override {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + suffix);
  }

 private:
  TempDir folder_;
  std::string file_ = folder_ / "test.db";
  Dialect dialect_{
      .bytes_type = "BLOB",
      .ten_million_rows =
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
          "WHERE i < 10000000) SELECT i FROM n",
      .endless =
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
          "SELECT count(*) FROM n",
      .fill_20000 =
          "INSERT INTO sqlbus_t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
          "WHERE i < 20000) SELECT i, 'w' || i FROM n",
      .insert_with = "INSERT INTO sqlbus_t WITH n AS (SELECT 5 AS i) SELECT i, 'e' FROM n",
      .types_expressions = false,
      .has_returning = false,
      .ends_sessions = false,
      .has_question_marks = true,
  };
};

}  // namespace

Subject& subject() {
  static SqliteSubject instance;
  return instance;
}

const sqlbus_driver& driver() {
  static const auto loaded = load_driver(subject().driver_path());
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded->table;
}

}  // namespace sqlbus::test
