// The functions of sqlbus.h that read a result.
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/library/answer.hpp"
#include "client/sqlbus.h"
#include "protocol/json_number.hpp"

namespace {

using sqlbus::Response;
using sqlbus::ResponseCell;

const Response& response_of(const sqlbus_result* result) {
  static const Response none;
  return result == nullptr ? none : result->answer.response();
}

const ResponseCell* cell_of(const sqlbus_result* result, size_t row, size_t field) {
  return result == nullptr ? nullptr : result->answer.cell(row, field);
}

bool is_bytes(const sqlbus_result* result, size_t field) {
  return result->answer.type_of(field) == SQLBUS_TYPE_BYTES;
}

// Reads a cell's text to *value by `read`, which gives nothing where it is none of its kind.
template <typename Value, typename Read>
int get(const sqlbus_result* result, size_t row, size_t field, Value* value, Read read) {
  const ResponseCell* const cell = cell_of(result, row, field);
  if (cell == nullptr || value == nullptr) return SQLBUS_E_ARGUMENT;
  if (cell->is_null) return SQLBUS_E_NULL;
  const auto read_value = read(*cell);
  if (!read_value) return SQLBUS_E_TYPE;
  *value = *read_value;
  return SQLBUS_E_OK;
}

// Base64 may look like a number.
template <typename Value, typename Read>
int get_number(const sqlbus_result* result, size_t row, size_t field, Value* value, Read read) {
  return get(result, row, field, value, [&](const ResponseCell& cell) {
    return is_bytes(result, field) ? decltype(read(cell.text)){} : read(cell.text);
  });
}

// As every database writes it, and MariaDB, whose BOOLEAN is a number.
std::optional<int> to_bool(std::string_view text) {
  if (text == "true" || text == "1") return 1;
  if (text == "false" || text == "0") return 0;
  return std::nullopt;
}

std::optional<double> to_number(std::string_view text) {
  using Limits = std::numeric_limits<double>;
  if (text == "NaN") return Limits::quiet_NaN();
  if (text == "Infinity") return Limits::infinity();
  if (text == "-Infinity") return -Limits::infinity();
  return sqlbus::to_double(text);
}

}  // namespace

void sqlbus_result_free(sqlbus_result* result) {
  const std::unique_ptr<sqlbus_result> owned(result);
}

size_t sqlbus_result_rows(const sqlbus_result* result) { return response_of(result).rows.size(); }

size_t sqlbus_result_fields(const sqlbus_result* result) {
  return response_of(result).fields.size();
}

const char* sqlbus_result_field_name(const sqlbus_result* result, size_t field) {
  const auto& names = response_of(result).fields;
  return field < names.size() ? names[field].c_str() : nullptr;
}

sqlbus_type sqlbus_result_field_type(const sqlbus_result* result, size_t field) {
  return result == nullptr ? SQLBUS_TYPE_OTHER : result->answer.type_of(field);
}

size_t sqlbus_result_find(const sqlbus_result* result, const char* name) {
  if (name == nullptr) return SQLBUS_NO_FIELD;
  const auto& names = response_of(result).fields;
  const auto found = std::ranges::find(names, std::string_view(name));
  return found == names.end() ? SQLBUS_NO_FIELD : static_cast<size_t>(found - names.begin());
}

int64_t sqlbus_result_affected(const sqlbus_result* result) { return response_of(result).affected; }

int sqlbus_result_is_truncated(const sqlbus_result* result) {
  return response_of(result).is_truncated ? 1 : 0;
}

int sqlbus_result_is_duplicate(const sqlbus_result* result) {
  return response_of(result).is_duplicate ? 1 : 0;
}

int32_t sqlbus_result_error_id(const sqlbus_result* result) { return response_of(result).error_id; }

const char* sqlbus_result_sqlstate(const sqlbus_result* result) {
  return response_of(result).sqlstate.c_str();
}

const char* sqlbus_result_message(const sqlbus_result* result) {
  return response_of(result).message.c_str();
}

int sqlbus_result_is_retriable(const sqlbus_result* result) {
  return result != nullptr && result->answer.is_retriable() ? 1 : 0;
}

const char* sqlbus_result_uuid(const sqlbus_result* result) {
  return response_of(result).uuid.c_str();
}

const char* sqlbus_result_dbtype(const sqlbus_result* result) {
  return response_of(result).dbtype.c_str();
}

const char* sqlbus_result_traceparent(const sqlbus_result* result) {
  return response_of(result).traceparent.c_str();
}

double sqlbus_result_queued_ms(const sqlbus_result* result) {
  return response_of(result).queued_ms.value_or(-1);
}

double sqlbus_result_executed_ms(const sqlbus_result* result) {
  return response_of(result).executed_ms.value_or(-1);
}

int sqlbus_result_is_null(const sqlbus_result* result, size_t row, size_t field) {
  const ResponseCell* const cell = cell_of(result, row, field);
  return cell == nullptr || cell->is_null ? 1 : 0;
}

const char* sqlbus_result_text(const sqlbus_result* result, size_t row, size_t field) {
  const ResponseCell* const cell = cell_of(result, row, field);
  return cell == nullptr || cell->is_null ? nullptr : cell->text.c_str();
}

int sqlbus_get_bool(const sqlbus_result* result, size_t row, size_t field, int* value) {
  return get_number(result, row, field, value, to_bool);
}

int sqlbus_get_int(const sqlbus_result* result, size_t row, size_t field, int64_t* value) {
  return get_number(result, row, field, value, sqlbus::to_int64);
}

int sqlbus_get_double(const sqlbus_result* result, size_t row, size_t field, double* value) {
  return get_number(result, row, field, value, to_number);
}

int sqlbus_get_decimal(const sqlbus_result* result, size_t row, size_t field, const char** digits) {
  return get_number(result, row, field, digits, [](const std::string& text) {
    return sqlbus::is_json_number(text) ? std::optional(text.c_str()) : std::nullopt;
  });
}

int sqlbus_get_text(const sqlbus_result* result, size_t row, size_t field, const char** text,
                    size_t* size) {
  return get(result, row, field, text, [&](const ResponseCell& cell) {
    if (size != nullptr) *size = cell.text.size();
    return std::optional(cell.text.c_str());
  });
}

int sqlbus_get_bytes(const sqlbus_result* result, size_t row, size_t field, const void** bytes,
                     size_t* size) {
  return get(result, row, field, bytes, [&](const ResponseCell& cell) {
    const std::string* value = &cell.text;
    if (is_bytes(result, field)) {
      const auto& decoded = result->answer.bytes(row, field);
      value = decoded ? &*decoded : nullptr;
    }
    if (value == nullptr) return std::optional<const char*>{};
    if (size != nullptr) *size = value->size();
    return std::optional(value->data());
  });
}
