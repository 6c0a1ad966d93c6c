#include "tests/conformance/dialect.hpp"

namespace sqlbus::test {
namespace {

constexpr DialectKey kKeys[] = {
    {"bytes_type", "type of a column for bytes", &Dialect::bytes_type},
    {"text_type", "type of a column for megabytes of text", &Dialect::text_type},
    {"ten_million_rows", "a query with so many rows of one column", &Dialect::ten_million_rows},
    {"endless", "a query that computes for minutes without a row", &Dialect::endless},
    {"fill_20000",
     "an INSERT INTO sqlbus_t (id, word) of so many rows, RETURNING id where there is that",
     &Dialect::fill_20000},
    {"two_words", "an expression that joins 'x' and 'y'", &Dialect::two_words},
    {"insert_with", "a statement that inserts (5, 'e') by a WITH", &Dialect::insert_with},
    {"insert_or_nothing", "an INSERT of (5, 'e') that does nothing where that is there",
     &Dialect::insert_or_nothing},
    {"never_in_transaction", "a statement that no transaction may hold; empty: there is none",
     &Dialect::never_in_transaction},
    {"returning", "no: there is no INSERT … RETURNING, or it yields no rows", nullptr,
     &Dialect::has_returning},
    {"returning_none", "no: of a RETURNING without rows no columns are announced", nullptr,
     &Dialect::announces_no_rows},
    {"typed_expressions", "no: the columns of expressions are text", nullptr,
     &Dialect::types_expressions},
    {"question_marks", "yes: its placeholders are ? (found out where it is not said)", nullptr,
     &Dialect::has_question_marks},
    {"deferred", "no: it has no constraints that COMMIT looks at", nullptr,
     &Dialect::has_deferred_constraints},
    {"commits_ddl", "yes: CREATE TABLE ends the transaction", nullptr, &Dialect::commits_ddl},
    {"gathers_rows", "yes: its library gathers a whole result in memory", nullptr,
     &Dialect::keeps_rows_in_memory},
};

Dialect postgres_dialect() {
  return {.bytes_type = "bytea",
          .ten_million_rows = "SELECT generate_series(1, 10000000)",
          .endless = "SELECT pg_sleep(600)",
          .fill_20000 =
              "INSERT INTO sqlbus_t SELECT i, 'w' || i FROM generate_series(1, 20000) i "
              "RETURNING id"};
}

Dialect mariadb_dialect() {
  return {.bytes_type = "LONGBLOB",
          .text_type = "LONGTEXT",
          .ten_million_rows = "SELECT seq FROM seq_1_to_10000000",
          .endless =
              "SELECT count(*) FROM seq_1_to_10000000 a, seq_1_to_10000000 b WHERE a.seq <> b.seq",
          .fill_20000 =
              "INSERT INTO sqlbus_t SELECT seq, concat('w', seq) FROM seq_1_to_20000 RETURNING id",
          .two_words = "concat('x', 'y')",
          .insert_with = "INSERT INTO sqlbus_t WITH n AS (SELECT 5 AS i) SELECT i, 'e' FROM n",
          .insert_or_nothing = "INSERT IGNORE INTO sqlbus_t VALUES (5, 'e')",
          .never_in_transaction = "",
          .has_question_marks = true,
          .has_deferred_constraints = false,
          .commits_ddl = true};
}

std::string all_bytes() {
  std::string all(256, '\0');
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
  return all;
}

std::vector<ColumnCase> sqlite_columns() {
  return {
      {"BOOLEAN", boolean(true), SQLBUS_COLUMN_BOOL, "true"},
      {"INTEGER", integer(INT64_MIN), SQLBUS_COLUMN_INT, "-9223372036854775808"},
      {"BIGINT", integer(INT64_MAX), SQLBUS_COLUMN_INT, "9223372036854775807"},
      {"DOUBLE", number("0.30000000000000004"), SQLBUS_COLUMN_FLOAT, "0.30000000000000004"},
      {"DOUBLE", number("1.7976931348623157e308"), SQLBUS_COLUMN_FLOAT, "1.7976931348623157e+308"},
      {"DOUBLE", number("2.2250738585072014e-308"), SQLBUS_COLUMN_FLOAT, "2.2250738585072014e-308"},
      {"TEXT", text("\x01 🚌 \U0010ffff"), SQLBUS_COLUMN_TEXT, "\x01 🚌 \U0010ffff"},
      {"TEXT", text(""), SQLBUS_COLUMN_TEXT, ""},
      {"BLOB", bytes(all_bytes()), SQLBUS_COLUMN_BYTES, all_bytes()},
      {"BLOB", bytes(""), SQLBUS_COLUMN_BYTES, ""},
      {"DECIMAL(10,2)", number("1234.5"), SQLBUS_COLUMN_DECIMAL, "1234.5"},
      {"REAL", number("0.1"), SQLBUS_COLUMN_FLOAT, "0.1"},
      {"DOUBLE", integer(1), SQLBUS_COLUMN_FLOAT, "1.0"},
      {"REAL", number("1e300"), SQLBUS_COLUMN_FLOAT, "1e+300"},
      {"TEXT", text("größer"), SQLBUS_COLUMN_TEXT, "größer"},
      {"TEXT", number("12345678901234567890.123456789"), SQLBUS_COLUMN_TEXT,
       "12345678901234567890.123456789"},
      {"BLOB", bytes(std::string("\0\xff\x01", 3)), SQLBUS_COLUMN_BYTES,
       std::string("\0\xff\x01", 3)},
      {"DATE", text("2024-02-29"), SQLBUS_COLUMN_DATE, "2024-02-29"},
      {"TIME", text("23:59:59"), SQLBUS_COLUMN_TIME, "23:59:59"},
      {"DATETIME", text("2024-02-29 23:59:59"), SQLBUS_COLUMN_TIMESTAMP, "2024-02-29 23:59:59"},
      {"JSON", text("{\"a\":1}"), SQLBUS_COLUMN_JSON, "{\"a\":1}"},
      {"UUID", text("x"), SQLBUS_COLUMN_UUID, "x"},
      {"GEOMETRY", text("x"), SQLBUS_COLUMN_OTHER, "x"},
  };
}

std::vector<ColumnCase> postgres_columns() {
  return {
      {"boolean", boolean(true), SQLBUS_COLUMN_BOOL, "true"},
      {"boolean", boolean(false), SQLBUS_COLUMN_BOOL, "false"},
      {"bigint", integer(INT64_MIN), SQLBUS_COLUMN_INT, "-9223372036854775808"},
      {"bigint", integer(INT64_MAX), SQLBUS_COLUMN_INT, "9223372036854775807"},
      {"integer", integer(INT32_MIN), SQLBUS_COLUMN_INT, "-2147483648"},
      {"integer", integer(INT32_MAX), SQLBUS_COLUMN_INT, "2147483647"},
      {"smallint", integer(INT16_MIN), SQLBUS_COLUMN_INT, "-32768"},
      {"smallint", integer(INT16_MAX), SQLBUS_COLUMN_INT, "32767"},
      {"numeric", number("12345678901234567890.123456789"), SQLBUS_COLUMN_DECIMAL,
       "12345678901234567890.123456789"},
      {"numeric(38,19)", number("-1234567890123456789.0987654321098765432"), SQLBUS_COLUMN_DECIMAL,
       "-1234567890123456789.0987654321098765432"},
      {"numeric", text("NaN"), SQLBUS_COLUMN_DECIMAL, "NaN"},
      {"double precision", number("0.1"), SQLBUS_COLUMN_FLOAT, "0.1"},
      {"double precision", number("0.30000000000000004"), SQLBUS_COLUMN_FLOAT,
       "0.30000000000000004"},
      {"double precision", number("1.7976931348623157e308"), SQLBUS_COLUMN_FLOAT,
       "1.7976931348623157e+308"},
      {"double precision", number("5e-324"), SQLBUS_COLUMN_FLOAT, "5e-324"},
      {"double precision", text("NaN"), SQLBUS_COLUMN_FLOAT, "NaN"},
      {"double precision", text("-Infinity"), SQLBUS_COLUMN_FLOAT, "-Infinity"},
      {"real", number("3.4028235e38"), SQLBUS_COLUMN_FLOAT, "3.4028235e+38"},
      {"real", text("Infinity"), SQLBUS_COLUMN_FLOAT, "Infinity"},
      {"text", text("größer"), SQLBUS_COLUMN_TEXT, "größer"},
      {"text", text("\x01 🚌 \U0010ffff"), SQLBUS_COLUMN_TEXT, "\x01 🚌 \U0010ffff"},
      {"text", text(""), SQLBUS_COLUMN_TEXT, ""},
      {"text", integer(5), SQLBUS_COLUMN_TEXT, "5"},
      {"varchar(9)", text("x"), SQLBUS_COLUMN_TEXT, "x"},
      {"bytea", bytes(all_bytes()), SQLBUS_COLUMN_BYTES, all_bytes()},
      {"bytea", bytes(""), SQLBUS_COLUMN_BYTES, ""},
      {"date", text("2024-02-29"), SQLBUS_COLUMN_DATE, "2024-02-29"},
      {"date", text("0001-01-01"), SQLBUS_COLUMN_DATE, "0001-01-01"},
      {"date", text("-infinity"), SQLBUS_COLUMN_DATE, "-infinity"},
      {"time", text("23:59:59"), SQLBUS_COLUMN_TIME, "23:59:59"},
      {"time", text("23:59:59.000001"), SQLBUS_COLUMN_TIME, "23:59:59.000001"},
      {"timestamp", text("infinity"), SQLBUS_COLUMN_TIMESTAMP, "infinity"},
      {"timestamp", text("2024-02-29 23:59:59.5"), SQLBUS_COLUMN_TIMESTAMP,
       "2024-02-29 23:59:59.5"},
      {"timestamptz", text("2024-02-29 23:59:59+01"), SQLBUS_COLUMN_TIMESTAMP,
       "2024-02-29 22:59:59+00"},
      {"jsonb", text("{\"a\":1}"), SQLBUS_COLUMN_JSON, "{\"a\": 1}"},
      {"uuid", text("6F9619FF-8B86-D011-B42D-00C04FC964FF"), SQLBUS_COLUMN_UUID,
       "6f9619ff-8b86-d011-b42d-00c04fc964ff"},
      {"json", text("{\"a\":1}"), SQLBUS_COLUMN_JSON, "{\"a\":1}"},
      {"inet", text("10.0.0.1"), SQLBUS_COLUMN_OTHER, "10.0.0.1"},
      {"int[]", text("{1,NULL,3}"), SQLBUS_COLUMN_OTHER, "{1,NULL,3}"},
      {"bit(3)", text("101"), SQLBUS_COLUMN_OTHER, "101"},
      {"interval", text("1 day 02:03:04.5"), SQLBUS_COLUMN_OTHER, "1 day 02:03:04.5"},
  };
}

}  // namespace

std::span<const DialectKey> dialect_keys() { return kKeys; }

Dialect dialect_of(std::string_view dbtype) {
  if (dbtype == "POSTGRESQL") return postgres_dialect();
  if (dbtype == "MARIADB") return mariadb_dialect();
  return {};
}

std::vector<ColumnCase> column_cases_of(std::string_view dbtype, const Dialect& dialect) {
  if (dbtype == "SQLITE") return sqlite_columns();
  if (dbtype == "POSTGRESQL") return postgres_columns();
  return {{"INTEGER", integer(-2147483648), SQLBUS_COLUMN_INT, "-2147483648"},
          {"BIGINT", integer(INT64_MAX), SQLBUS_COLUMN_INT, "9223372036854775807"},
          {"VARCHAR(20)", text("größer"), SQLBUS_COLUMN_TEXT, "größer"},
          {dialect.bytes_type, bytes(std::string("\0\xff\x01", 3)), SQLBUS_COLUMN_BYTES,
           std::string("\0\xff\x01", 3)}};
}

}  // namespace sqlbus::test
