#include "drivers/odbc/cells.hpp"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>

namespace sqlbus::odbc {
namespace {

constexpr std::size_t kNullCell = static_cast<std::size_t>(-1);
constexpr std::size_t kFirstPiece = 512;

struct TypeRow {
  SQLSMALLINT sql_type;
  sqlbus_column_type type;
  SQLSMALLINT c_type;
};

constexpr TypeRow kTypes[] = {
    {SQL_BIT, SQLBUS_COLUMN_BOOL, SQL_C_BIT},
    {SQL_TINYINT, SQLBUS_COLUMN_INT, SQL_C_CHAR},
    {SQL_SMALLINT, SQLBUS_COLUMN_INT, SQL_C_CHAR},
    {SQL_INTEGER, SQLBUS_COLUMN_INT, SQL_C_CHAR},
    {SQL_BIGINT, SQLBUS_COLUMN_INT, SQL_C_CHAR},
    {SQL_DECIMAL, SQLBUS_COLUMN_DECIMAL, SQL_C_CHAR},
    {SQL_NUMERIC, SQLBUS_COLUMN_DECIMAL, SQL_C_CHAR},
    {SQL_REAL, SQLBUS_COLUMN_FLOAT, SQL_C_FLOAT},
    {SQL_FLOAT, SQLBUS_COLUMN_FLOAT, SQL_C_DOUBLE},
    {SQL_DOUBLE, SQLBUS_COLUMN_FLOAT, SQL_C_DOUBLE},
    {SQL_CHAR, SQLBUS_COLUMN_TEXT, SQL_C_CHAR},
    {SQL_VARCHAR, SQLBUS_COLUMN_TEXT, SQL_C_CHAR},
    {SQL_LONGVARCHAR, SQLBUS_COLUMN_TEXT, SQL_C_CHAR},
    {SQL_WCHAR, SQLBUS_COLUMN_TEXT, SQL_C_CHAR},
    {SQL_WVARCHAR, SQLBUS_COLUMN_TEXT, SQL_C_CHAR},
    {SQL_WLONGVARCHAR, SQLBUS_COLUMN_TEXT, SQL_C_CHAR},
    {SQL_BINARY, SQLBUS_COLUMN_BYTES, SQL_C_BINARY},
    {SQL_VARBINARY, SQLBUS_COLUMN_BYTES, SQL_C_BINARY},
    {SQL_LONGVARBINARY, SQLBUS_COLUMN_BYTES, SQL_C_BINARY},
    {SQL_TYPE_DATE, SQLBUS_COLUMN_DATE, SQL_C_CHAR},
    {SQL_DATE, SQLBUS_COLUMN_DATE, SQL_C_CHAR},
    {SQL_TYPE_TIME, SQLBUS_COLUMN_TIME, SQL_C_CHAR},
    {SQL_TIME, SQLBUS_COLUMN_TIME, SQL_C_CHAR},
    {SQL_TYPE_TIMESTAMP, SQLBUS_COLUMN_TIMESTAMP, SQL_C_CHAR},
    {SQL_TIMESTAMP, SQLBUS_COLUMN_TIMESTAMP, SQL_C_CHAR},
    {SQL_GUID, SQLBUS_COLUMN_UUID, SQL_C_CHAR},
};

template <typename Float>
std::string text_of_real(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char digits[64];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

}  // namespace

Rows::Rows(Link& link, void* statement) : link_(link), statement_(statement) {
  SQLSMALLINT count = 0;
  link_.check(SQLNumResultCols(statement, &count), statement);
  columns_.reserve(static_cast<std::size_t>(count));
  for (SQLUSMALLINT i = 1; i <= count; ++i) columns_.push_back(shape_of(i));
  texts_.resize(columns_.size());
}

Rows::Shape Rows::shape_of(unsigned short number) {
  SQLCHAR name[1024] = {};
  SQLSMALLINT name_size = 0;
  SQLSMALLINT sql_type = 0;
  SQLULEN width = 0;
  SQLSMALLINT digits = 0;
  SQLSMALLINT nullable = 0;
  link_.check(SQLDescribeCol(statement_, number, name, sizeof name, &name_size, &sql_type, &width,
                             &digits, &nullable),
              statement_);
  Shape shape{reinterpret_cast<const char*>(static_cast<SQLCHAR*>(name)), SQL_C_CHAR,
              SQLBUS_COLUMN_OTHER};
  for (const auto& row : kTypes) {
    if (row.sql_type != sql_type) continue;
    shape.type = row.type;
    shape.c_type = row.c_type;
  }
  if (link_.dialect().names_types) mend_by_name(number, shape);
  return shape;
}

// psqlodbc has few types, and gives PostgreSQL's name for the others or "unknown".
void Rows::mend_by_name(unsigned short number, Shape& shape) {
  char text[128] = {};
  SQLSMALLINT size = 0;
  link_.check(
      SQLColAttribute(statement_, number, SQL_DESC_TYPE_NAME, text, sizeof text, &size, nullptr),
      statement_);
  const std::string_view name = text;
  constexpr std::string_view kTexts[] = {"text", "varchar", "char", "bpchar", "name"};
  const bool is_text = std::find(std::begin(kTexts), std::end(kTexts), name) != std::end(kTexts);
  if (shape.type == SQLBUS_COLUMN_TEXT && !is_text) shape.type = SQLBUS_COLUMN_OTHER;
  if (name == "json" || name == "jsonb") shape.type = SQLBUS_COLUMN_JSON;
  if (name == "money") {
    shape.type = SQLBUS_COLUMN_OTHER;
    shape.c_type = SQL_C_CHAR;
  }
  if (name == "timestamptz") shape.tail = "+00";  // the session's zone is UTC
  shape.is_lower = shape.type == SQLBUS_COLUMN_UUID;
}

std::size_t Rows::read(const sqlbus_sink* sink, bool may_cut) {
  std::vector<sqlbus_value> cells(columns_.size());
  if (sink != nullptr) {
    std::vector<sqlbus_column> announced;
    announced.reserve(columns_.size());
    for (const auto& column : columns_) {
      announced.push_back({driver::text_of(column.name), static_cast<std::uint32_t>(column.type)});
    }
    sink->columns(sink->context, announced.data(), announced.size());
  }
  bool wants_more = sink != nullptr;
  for (std::size_t count = 0;; ++count) {
    const auto fetched = SQLFetch(statement_);
    if (fetched == SQL_NO_DATA) return count;
    link_.check(fetched, statement_);
    if (!wants_more) continue;
    for (std::size_t i = 0; i < columns_.size(); ++i) read_cell(i, cells[i]);
    wants_more = sink->row(sink->context, cells.data(), cells.size()) == 0;
    if (!wants_more && may_cut) return count + 1;
  }
}

void Rows::read_cell(std::size_t index, sqlbus_value& cell) {
  const auto number = static_cast<SQLUSMALLINT>(index + 1);
  const auto& shape = columns_[index];
  auto& text = texts_[index];
  cell = {};
  const auto get_real = [&](auto real) {
    SQLLEN size = 0;
    link_.check(SQLGetData(statement_, number, shape.c_type, &real, sizeof real, &size),
                statement_);
    if (size == SQL_NULL_DATA) return false;
    text = text_of_real(real);
    return true;
  };
  if (shape.c_type == SQL_C_BIT) {
    unsigned char bit = 0;
    SQLLEN size = 0;
    link_.check(SQLGetData(statement_, number, SQL_C_BIT, &bit, sizeof bit, &size), statement_);
    if (size != SQL_NULL_DATA) cell = {SQLBUS_VALUE_BOOL, bit != 0 ? 1 : 0, {}};
    return;
  }
  if (shape.c_type == SQL_C_FLOAT || shape.c_type == SQL_C_DOUBLE) {
    const bool is_there = shape.c_type == SQL_C_FLOAT ? get_real(0.0F) : get_real(0.0);
    if (is_there) cell = {SQLBUS_VALUE_TEXT, 0, driver::text_of(text)};
    return;
  }
  if (read_bytes(number, shape.c_type, text) == kNullCell) return;
  text += shape.tail;
  if (shape.is_lower) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  cell.kind = shape.c_type == SQL_C_BINARY ? SQLBUS_VALUE_BYTES : SQLBUS_VALUE_TEXT;
  cell.text = driver::text_of(text);
}

// In pieces: not every driver says beforehand how much there is. Text has a NUL behind each piece.
std::size_t Rows::read_bytes(unsigned short number, short c_type, std::string& text) {
  const std::size_t tail = c_type == SQL_C_CHAR ? 1 : 0;
  std::size_t filled = 0;
  text.resize(std::max(text.capacity(), kFirstPiece));
  for (;;) {
    SQLLEN size = 0;
    const auto room = text.size() - filled;
    const auto result = SQLGetData(statement_, number, c_type, text.data() + filled,
                                   static_cast<SQLLEN>(room), &size);
    if (result == SQL_NO_DATA) break;
    link_.check(result, statement_);
    if (size == SQL_NULL_DATA) return kNullCell;
    const bool is_whole = size != SQL_NO_TOTAL && static_cast<std::size_t>(size) + tail <= room;
    if (is_whole) {
      filled += static_cast<std::size_t>(size);
      break;
    }
    filled += room - tail;
    const auto left = size == SQL_NO_TOTAL ? text.size() : static_cast<std::size_t>(size) - room;
    text.resize(filled + left + 2 * tail + 64);
  }
  text.resize(filled);
  return filled;
}

}  // namespace sqlbus::odbc
