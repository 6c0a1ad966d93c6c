#include "client/library/answer.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "protocol/base64.hpp"
#include "protocol/column_type.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {

namespace {

static_assert(static_cast<int>(ColumnType::kOther) == SQLBUS_TYPE_OTHER);
static_assert(static_cast<int>(ColumnType::kBytes) == SQLBUS_TYPE_BYTES);

struct CodeRow {
  ErrorId id;
  sqlbus_code code;
  bool is_retriable;
};

constexpr auto kCodes = std::to_array<CodeRow>({
    {ErrorId::kOk, SQLBUS_E_OK, false},
    {ErrorId::kNotFound, SQLBUS_E_NOT_FOUND, false},
    {ErrorId::kMalformedJson, SQLBUS_E_REJECTED, false},
    {ErrorId::kInvalidField, SQLBUS_E_REJECTED, false},
    {ErrorId::kTooLarge, SQLBUS_E_REJECTED, false},
    {ErrorId::kUnauthenticated, SQLBUS_E_REJECTED, false},
    {ErrorId::kForbidden, SQLBUS_E_REJECTED, false},
    {ErrorId::kUnknownDatabase, SQLBUS_E_REJECTED, false},
    {ErrorId::kDatabaseUnavailable, SQLBUS_E_UNAVAILABLE, true},
    {ErrorId::kExpired, SQLBUS_E_EXPIRED, true},
    {ErrorId::kCancelled, SQLBUS_E_EXPIRED, true},
    {ErrorId::kReplyTooLarge, SQLBUS_E_REPLY_TOO_LARGE, false},
    {ErrorId::kStatementRefused, SQLBUS_E_REJECTED, false},
    {ErrorId::kUuidReused, SQLBUS_E_REJECTED, false},
    {ErrorId::kRetriesExhausted, SQLBUS_E_EXHAUSTED, true},
    {ErrorId::kDeliveriesExhausted, SQLBUS_E_EXHAUSTED, false},
});

// Connection, rollback by the database, resources, operator; and a lock that was not to be had.
bool is_passing_state(std::string_view sqlstate) {
  constexpr auto kPassing = std::to_array<std::string_view>({"08", "40", "53", "57P", "55P03"});
  return std::ranges::any_of(kPassing,
                             [&](std::string_view start) { return sqlstate.starts_with(start); });
}

CodeRow row_of(const Response& response) {
  const auto id = static_cast<ErrorId>(response.error_id);
  if (id == ErrorId::kExecutionFailed) {
    const bool is_constraint = response.sqlstate.starts_with("23");
    return {id, is_constraint ? SQLBUS_E_CONSTRAINT : SQLBUS_E_DATABASE,
            is_passing_state(response.sqlstate)};
  }
  const auto* const row = std::ranges::find(kCodes, id, &CodeRow::id);
  return row == kCodes.end() ? CodeRow{id, SQLBUS_E_FAILED, false} : *row;
}

sqlbus_type type_from(std::string_view name) {
  return static_cast<sqlbus_type>(column_type_of(name).value_or(ColumnType::kOther));
}

}  // namespace

Result<Answer> Answer::from(Response response) {
  if (!response.types.empty() && response.types.size() != response.fields.size()) {
    return Error{"response: TYPES: not one for each FIELD"};
  }
  const bool is_table = std::ranges::all_of(
      response.rows, [&](const auto& row) { return row.size() == response.fields.size(); });
  if (!is_table) return Error{"response: RESULT: a row has not one cell for each FIELD"};
  return Answer(std::move(response));
}

Answer::Answer(Response response) : response_(std::move(response)) {
  types_.assign(response_.fields.size(), SQLBUS_TYPE_OTHER);
  std::ranges::transform(response_.types, types_.begin(), type_from);
  bytes_.resize(types_.size());
  for (std::size_t field = 0; field < types_.size(); ++field) {
    if (types_[field] != SQLBUS_TYPE_BYTES) continue;
    bytes_[field].reserve(response_.rows.size());
    for (const auto& row : response_.rows) bytes_[field].push_back(base64_decode(row[field].text));
  }
}

sqlbus_code Answer::code() const { return row_of(response_).code; }

std::string Answer::error_text() const {
  if (response_.error_id == 0) return {};
  if (!response_.message.empty()) return response_.message;
  return "ERRORID " + std::to_string(response_.error_id);
}

bool Answer::is_retriable() const { return row_of(response_).is_retriable; }

sqlbus_type Answer::type_of(std::size_t field) const {
  return field < types_.size() ? types_[field] : SQLBUS_TYPE_OTHER;
}

const ResponseCell* Answer::cell(std::size_t row, std::size_t field) const {
  if (row >= response_.rows.size() || field >= types_.size()) return nullptr;
  return &response_.rows[row][field];
}

}  // namespace sqlbus
