#include "drivers/odbc/parameters.hpp"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace sqlbus::odbc {
namespace {

using driver::DriverError;
using driver::view_of;

static_assert(sizeof(SQLLEN) == sizeof(long));

// A decimal of so many digits comes back from a double unchanged.
constexpr std::ptrdiff_t kExactDigits = 15;
constexpr SQLULEN kIntegerDigits = 19;
// Longer texts are long ones to drivers that tell the two apart.
constexpr std::size_t kShortText = 4000;

// A number with an exponent, which is no decimal to SQL.
std::optional<double> real_of(std::string_view text) {
  if (text.find_first_of("eE") == std::string_view::npos) return std::nullopt;
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto digits =
      std::count_if(mantissa.begin(), mantissa.end(), [](char c) { return c >= '0' && c <= '9'; });
  double real = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), real);
  const bool is_exact = fault == std::errc{} && end == text.data() + text.size() &&
                        digits <= kExactDigits && (real == 0 || std::isnormal(real));
  return is_exact ? std::optional(real) : std::nullopt;
}

bool is_text_type(const BoundType& type) { return type.c_type == SQL_C_CHAR; }

SQLSMALLINT sql_type_for(const BoundType& type, std::size_t size) {
  if (type.sql_type == SQL_VARCHAR && size > kShortText) return SQL_LONGVARCHAR;
  if (type.sql_type == SQL_VARBINARY && size > kShortText) return SQL_LONGVARBINARY;
  return type.sql_type;
}

void bind_one(Link& link, void* statement, SQLUSMALLINT number, const BoundType& type,
              std::size_t size_max, const void* data, SQLLEN* size) {
  const auto sql_type = sql_type_for(type, size_max);
  const auto width = type.sql_type == SQL_BIGINT ? kIntegerDigits : std::max<SQLULEN>(size_max, 1);
  link.check(SQLBindParameter(statement, number, SQL_PARAM_INPUT, type.c_type, sql_type, width, 0,
                              const_cast<void*>(data), static_cast<SQLLEN>(size_max), size),
             statement);
}

}  // namespace

BoundType bound_type(const sqlbus_value& value, const Dialect& dialect) {
  const auto text = view_of(value.text);
  switch (value.kind) {
    case SQLBUS_VALUE_NULL:
      return {};
    case SQLBUS_VALUE_BOOL:
    case SQLBUS_VALUE_INTEGER:
      if (dialect.binds_integers) return {SQL_C_SBIGINT, SQL_BIGINT};
      return {SQL_C_CHAR, static_cast<short>(dialect.infers_types ? SQL_VARCHAR : SQL_DECIMAL)};
    case SQLBUS_VALUE_NUMBER:
      if (!dialect.infers_types && real_of(text)) return {SQL_C_DOUBLE, SQL_DOUBLE};
      return {SQL_C_CHAR, SQL_VARCHAR};
    case SQLBUS_VALUE_TEXT:
      if (driver::has_nul(text)) throw DriverError("22021", "text with a NUL character");
      return {SQL_C_CHAR, SQL_VARCHAR};
    case SQLBUS_VALUE_BYTES:
      return {SQL_C_BINARY, SQL_VARBINARY};
    default:
      throw DriverError("07006", "a parameter of unknown kind " + std::to_string(value.kind));
  }
}

void Parameters::bind(Link& link, void* statement, std::span<const sqlbus_value> values) {
  sizes_.assign(values.size(), 0);
  reals_.assign(values.size(), 0);
  texts_.clear();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& value = values[i];
    auto type = bound_type(value, link.dialect());
    const void* data = value.text.size == 0 ? "" : value.text.data;
    auto size = value.text.size;
    if (value.kind == SQLBUS_VALUE_NULL) {
      type = {SQL_C_CHAR, SQL_VARCHAR};
      sizes_[i] = SQL_NULL_DATA;
    } else if (type.c_type == SQL_C_SBIGINT) {
      data = &value.integer;
      size = sizeof value.integer;
      sizes_[i] = static_cast<long>(size);
    } else if (type.c_type == SQL_C_DOUBLE) {
      reals_[i] = *real_of(view_of(value.text));
      data = &reals_[i];
      size = sizeof(double);
      sizes_[i] = static_cast<long>(size);
    } else {
      const bool is_integer = value.kind == SQLBUS_VALUE_INTEGER || value.kind == SQLBUS_VALUE_BOOL;
      if (is_integer) {
        auto& text = texts_.emplace_back(std::to_string(value.integer));
        if (value.kind == SQLBUS_VALUE_BOOL && link.dialect().infers_types) {
          text = value.integer != 0 ? "true" : "false";
        }
        data = text.data();
        size = text.size();
      }
      sizes_[i] = static_cast<long>(size);
    }
    bind_one(link, statement, static_cast<SQLUSMALLINT>(i + 1), type, size, data, &sizes_[i]);
  }
}

std::size_t ParameterArray::bytes_with(std::span<const sqlbus_value> values) const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    bytes += std::max(columns_[i].stride, values[i].text.size) * (size_ + 1);
  }
  return bytes;
}

bool ParameterArray::add(std::span<const sqlbus_value> values, const Dialect& dialect,
                         std::size_t bytes_max) {
  if (size_ > 0 && bytes_with(values) > bytes_max) return false;
  std::vector<BoundType> types;
  types.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto type = types.emplace_back(bound_type(values[i], dialect));
    const auto& known = columns_[i].type;
    if (type != BoundType{} && known != BoundType{} && type != known) return false;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& column = columns_[i];
    if (types[i] != BoundType{}) column.type = types[i];
    column.stride = std::max(column.stride, values[i].text.size);
    column.values.push_back(&values[i]);
  }
  ++size_;
  return true;
}

void ParameterArray::execute(Link& link, void* statement) {
  std::vector<std::vector<char>> data(columns_.size());
  std::vector<std::vector<SQLLEN>> sizes(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto& column = columns_[i];
    if (column.type == BoundType{}) column.type = {SQL_C_CHAR, SQL_VARCHAR};  // all are NULL
    if (!is_text_type(column.type) && column.type.c_type != SQL_C_BINARY) {
      column.stride = sizeof(std::int64_t);
    }
    data[i].resize(column.stride * size_);
    sizes[i].reserve(size_);
    auto* at = data[i].data();
    for (const auto* value : column.values) {
      SQLLEN size = SQL_NULL_DATA;
      if (value->kind != SQLBUS_VALUE_NULL) {
        if (column.type.c_type == SQL_C_SBIGINT) {
          std::memcpy(at, &value->integer, sizeof value->integer);
          size = sizeof value->integer;
        } else if (column.type.c_type == SQL_C_DOUBLE) {
          const auto real = *real_of(view_of(value->text));
          std::memcpy(at, &real, sizeof real);
          size = sizeof real;
        } else {
          if (value->text.size > 0) std::memcpy(at, value->text.data, value->text.size);
          size = static_cast<SQLLEN>(value->text.size);
        }
      }
      sizes[i].push_back(size);
      at += column.stride;
    }
    bind_one(link, statement, static_cast<SQLUSMALLINT>(i + 1), column.type, column.stride,
             data[i].data(), sizes[i].data());
  }
  const auto set_size = [&](std::size_t size) {
    return SQLSetStmtAttr(statement, SQL_ATTR_PARAMSET_SIZE, as_pointer(size), SQL_IS_UINTEGER);
  };
  link.check(set_size(size_), statement);
  const auto result = SQLExecute(statement);
  std::optional<DriverError> fault;
  try {
    link.check(result, statement);
  } catch (const DriverError& e) {
    fault = e;
  }
  if (!link.is_lost()) set_size(1);
  if (fault) throw *fault;
}

}  // namespace sqlbus::odbc
