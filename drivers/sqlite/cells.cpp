#include "drivers/sqlite/cells.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "drivers/sqlite/fault.hpp"

namespace sqlbus::sqlite {
namespace {

using driver::DriverError;
using driver::view_of;

// A decimal of so many digits comes back from a double unchanged.
constexpr std::size_t kExactDigits = 15;

// The words of a declared type, the first that it contains decides. SQLite's own rules of
// affinity, and before them the types that people mean.
struct DeclaredRow {
  std::string_view word;  // in capitals
  sqlbus_column_type type;
};

constexpr DeclaredRow kDeclared[] = {
    {"BOOL", SQLBUS_COLUMN_BOOL},          {"TIMESTAMP", SQLBUS_COLUMN_TIMESTAMP},
    {"DATETIME", SQLBUS_COLUMN_TIMESTAMP}, {"DATE", SQLBUS_COLUMN_DATE},
    {"TIME", SQLBUS_COLUMN_TIME},          {"JSON", SQLBUS_COLUMN_JSON},
    {"UUID", SQLBUS_COLUMN_UUID},          {"INT", SQLBUS_COLUMN_INT},
    {"CHAR", SQLBUS_COLUMN_TEXT},          {"CLOB", SQLBUS_COLUMN_TEXT},
    {"TEXT", SQLBUS_COLUMN_TEXT},          {"BLOB", SQLBUS_COLUMN_BYTES},
    {"REAL", SQLBUS_COLUMN_FLOAT},         {"FLOA", SQLBUS_COLUMN_FLOAT},
    {"DOUB", SQLBUS_COLUMN_FLOAT},         {"DEC", SQLBUS_COLUMN_DECIMAL},
    {"NUM", SQLBUS_COLUMN_DECIMAL},
};

sqlbus_column_type declared_type(std::string_view declared) {
  std::string capitals(declared);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  for (const auto& row : kDeclared) {
    if (capitals.find(row.word) != std::string::npos) return row.type;
  }
  return SQLBUS_COLUMN_OTHER;
}

sqlbus_column_type type_of_value(int storage_class) {
  switch (storage_class) {
    case SQLITE_INTEGER:
      return SQLBUS_COLUMN_INT;
    case SQLITE_FLOAT:
      return SQLBUS_COLUMN_FLOAT;
    case SQLITE_TEXT:
      return SQLBUS_COLUMN_TEXT;
    case SQLITE_BLOB:
      return SQLBUS_COLUMN_BYTES;
    default:
      return SQLBUS_COLUMN_OTHER;
  }
}

// The fewest digits that give the value back, without an exponent where that stays readable; a
// whole number keeps its ".0".
std::string text_of_real(double value) {
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char digits[32];
  const auto size = std::abs(value);
  const bool is_plain = size == 0 || (size >= 1e-5 && size < 1e15);
  const auto end =
      is_plain ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr
               : std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string text(digits, end);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

// A number that is no 64-bit integer is bound as a REAL where no digit is lost by that, and as
// its text otherwise, which a column of numeric affinity still takes as a number.
void bind_number(sqlite3_stmt* statement, int position, std::string_view text) {
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto digits =
      static_cast<std::size_t>(std::count_if(mantissa.begin(), mantissa.end(), is_digit));
  double real = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), real);
  const bool is_exact = fault == std::errc{} && end == text.data() + text.size() &&
                        digits <= kExactDigits && (real == 0 || std::isnormal(real));
  if (is_exact) {
    sqlite3_bind_double(statement, position, real);
  } else {
    sqlite3_bind_text64(statement, position, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
}

}  // namespace

void bind(sqlite3_stmt* statement, int position, const sqlbus_value& value) {
  int code = SQLITE_OK;
  switch (value.kind) {
    case SQLBUS_VALUE_NULL:
      code = sqlite3_bind_null(statement, position);
      break;
    case SQLBUS_VALUE_BOOL:
    case SQLBUS_VALUE_INTEGER:
      code = sqlite3_bind_int64(statement, position, value.integer);
      break;
    case SQLBUS_VALUE_NUMBER:
      bind_number(statement, position, view_of(value.text));
      break;
    case SQLBUS_VALUE_TEXT:
      if (driver::has_nul(view_of(value.text))) throw DriverError("22021", "text with a NUL");
      code = sqlite3_bind_text64(statement, position, value.text.size == 0 ? "" : value.text.data,
                                 value.text.size, SQLITE_STATIC, SQLITE_UTF8);
      break;
    case SQLBUS_VALUE_BYTES:
      code = sqlite3_bind_blob64(statement, position, value.text.size == 0 ? "" : value.text.data,
                                 value.text.size, SQLITE_STATIC);
      break;
    default:
      throw DriverError("07006", "a parameter of unknown kind " + std::to_string(value.kind));
  }
  if (code != SQLITE_OK) throw last_fault(sqlite3_db_handle(statement));
}

std::vector<sqlbus_column> columns_of(sqlite3_stmt* statement, bool has_row) {
  std::vector<sqlbus_column> columns(static_cast<std::size_t>(sqlite3_column_count(statement)));
  for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
    const char* declared = sqlite3_column_decltype(statement, i);
    auto type = declared == nullptr ? SQLBUS_COLUMN_OTHER : declared_type(declared);
    if (declared == nullptr && has_row) type = type_of_value(sqlite3_column_type(statement, i));
    columns[static_cast<std::size_t>(i)] = {driver::text_of(sqlite3_column_name(statement, i)),
                                            static_cast<std::uint32_t>(type)};
  }
  return columns;
}

void read_row(sqlite3_stmt* statement, const std::vector<sqlbus_column>& columns,
              std::vector<sqlbus_value>& cells, std::vector<std::string>& texts) {
  for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
    const auto at = static_cast<std::size_t>(i);
    auto& cell = cells[at];
    cell = {};
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER: {
        cell.integer = sqlite3_column_int64(statement, i);
        const bool is_bool =
            columns[at].type == SQLBUS_COLUMN_BOOL && (cell.integer == 0 || cell.integer == 1);
        cell.kind = is_bool ? SQLBUS_VALUE_BOOL : SQLBUS_VALUE_INTEGER;
        break;
      }
      case SQLITE_FLOAT:
        texts[at] = text_of_real(sqlite3_column_double(statement, i));
        cell.kind = SQLBUS_VALUE_TEXT;
        cell.text = driver::text_of(texts[at]);
        break;
      case SQLITE_TEXT:
        cell.kind = SQLBUS_VALUE_TEXT;
        cell.text.data = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        cell.text.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        break;
      case SQLITE_BLOB:
        cell.kind = SQLBUS_VALUE_BYTES;
        cell.text.data = static_cast<const char*>(sqlite3_column_blob(statement, i));
        cell.text.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        break;
      default:
        cell.kind = SQLBUS_VALUE_NULL;
    }
  }
}

}  // namespace sqlbus::sqlite
