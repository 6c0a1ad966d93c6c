#include "drivers/postgres/cells.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <limits>

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr std::size_t kIntegerSize = 24;  // of 64 bits as text, with its NUL

// The object ids of PostgreSQL's own types never change.
struct TypeRow {
  Oid oid;
  sqlbus_column_type type;
};

constexpr TypeRow kTypes[] = {
    {kBool, SQLBUS_COLUMN_BOOL},     {kBytea, SQLBUS_COLUMN_BYTES},
    {20, SQLBUS_COLUMN_INT},          // int8
    {21, SQLBUS_COLUMN_INT},          // int2
    {23, SQLBUS_COLUMN_INT},          // int4
    {26, SQLBUS_COLUMN_INT},          // oid
    {1700, SQLBUS_COLUMN_DECIMAL},    // numeric
    {700, SQLBUS_COLUMN_FLOAT},       // float4
    {701, SQLBUS_COLUMN_FLOAT},       // float8
    {25, SQLBUS_COLUMN_TEXT},         // text
    {1043, SQLBUS_COLUMN_TEXT},       // varchar
    {1042, SQLBUS_COLUMN_TEXT},       // char(n)
    {18, SQLBUS_COLUMN_TEXT},         // "char"
    {19, SQLBUS_COLUMN_TEXT},         // name
    {1082, SQLBUS_COLUMN_DATE},       // date
    {1083, SQLBUS_COLUMN_TIME},       // time
    {1266, SQLBUS_COLUMN_TIME},       // timetz
    {1114, SQLBUS_COLUMN_TIMESTAMP},  // timestamp
    {1184, SQLBUS_COLUMN_TIMESTAMP},  // timestamptz
    {114, SQLBUS_COLUMN_JSON},        // json
    {3802, SQLBUS_COLUMN_JSON},       // jsonb
    {2950, SQLBUS_COLUMN_UUID},       // uuid
};

sqlbus_column_type type_of(Oid oid) {
  for (const auto& row : kTypes) {
    if (row.oid == oid) return row.type;
  }
  return SQLBUS_COLUMN_OTHER;
}

unsigned nibble(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

}  // namespace

void decode_bytea(std::string_view hex, std::string& bytes) {
  bytes.clear();
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(nibble(hex[i]) << 4U | nibble(hex[i + 1]));
  }
}

void Params::clear() {
  has_types_ = false;
  types_.clear();
  values_.clear();
  lengths_.clear();
  formats_.clear();
  texts_.clear();
}

void Params::assign(std::span<const sqlbus_value> values) {
  clear();
  std::size_t bytes = 0;
  for (const auto& value : values) bytes += kIntegerSize + value.text.size;
  texts_.reserve(bytes);
  for (const auto& value : values) add(value);
}

// Everything but bytes goes as text, whose type the server takes from its place in the statement.
void Params::add(const sqlbus_value& value) {
  const auto text = driver::view_of(value.text);
  const auto begin = texts_.size();
  switch (value.kind) {
    case SQLBUS_VALUE_NULL:
      return add(0, nullptr, 0, 0);
    case SQLBUS_VALUE_BOOL:
      return add(0, value.integer != 0 ? "true" : "false", 0, 0);
    case SQLBUS_VALUE_INTEGER: {
      char digits[kIntegerSize];
      const auto end = std::to_chars(digits, digits + sizeof digits, value.integer).ptr;
      texts_.append(digits, end);
      break;
    }
    case SQLBUS_VALUE_NUMBER:
    case SQLBUS_VALUE_TEXT:
      if (driver::has_nul(text)) throw DriverError("22021", "text with a NUL character");
      texts_.append(text);
      break;
    case SQLBUS_VALUE_BYTES:
      has_types_ = true;
      return add(kBytea, text.empty() ? "" : text.data(), text.size(), 1);
    default:
      throw DriverError("07006", "a parameter of unknown kind " + std::to_string(value.kind));
  }
  texts_ += '\0';
  add(0, texts_.data() + begin, 0, 0);
}

void Params::add_binary(std::string_view bytes) { add(0, bytes.data(), bytes.size(), 1); }

void Params::add_text(const char* text) { add(0, text, 0, 0); }

void Params::add(unsigned int type, const char* value, std::size_t length, int format) {
  if (length > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw DriverError("54000", "a parameter is too long");
  }
  types_.push_back(type);
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(format);
}

std::span<const unsigned int> Params::typed() const {
  return has_types_ ? std::span<const unsigned int>(types_) : std::span<const unsigned int>();
}

std::vector<sqlbus_column> columns_of(const PGresult* result) {
  std::vector<sqlbus_column> columns(static_cast<std::size_t>(PQnfields(result)));
  for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
    columns[static_cast<std::size_t>(i)] = {
        driver::text_of(PQfname(result, i)),
        static_cast<std::uint32_t>(type_of(PQftype(result, i)))};
  }
  return columns;
}

void read_row(const PGresult* result, int row, std::span<const sqlbus_column> columns,
              std::span<sqlbus_value> cells, std::span<std::string> texts) {
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const int column = static_cast<int>(at);
    auto& cell = cells[at];
    cell = {};
    if (PQgetisnull(result, row, column) != 0) continue;
    const std::string_view text(PQgetvalue(result, row, column),
                                static_cast<std::size_t>(PQgetlength(result, row, column)));
    switch (columns[at].type) {
      case SQLBUS_COLUMN_BOOL:
        cell = {SQLBUS_VALUE_BOOL, text == "t" ? 1 : 0, {}};
        break;
      case SQLBUS_COLUMN_BYTES:
        decode_bytea(text, texts[at]);
        cell = {SQLBUS_VALUE_BYTES, 0, driver::text_of(texts[at])};
        break;
      default:
        cell = {SQLBUS_VALUE_TEXT, 0, driver::text_of(text)};
    }
  }
}

}  // namespace sqlbus::postgres
