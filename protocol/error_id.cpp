#include "protocol/error_id.hpp"

#include <algorithm>
#include <array>

namespace sqlbus {
namespace {

constexpr Fate kNothing{};
constexpr Fate kAnswered{.answered = true, .dead = false};
constexpr Fate kDead{.answered = false, .dead = true};
constexpr Fate kAnsweredAndDead{.answered = true, .dead = true};

constexpr std::array<ErrorRow, 17> kErrors = {{
    {ErrorId::kOk, "OK", "The request was carried out.", kAnswered, kNothing},
    {ErrorId::kNotFound, "NOT_FOUND", "Neither UPDATE nor INSERT of a pair changed a row.",
     kAnswered, kNothing},
    {ErrorId::kExecutionFailed, "EXECUTION_FAILED",
     "The database refused the statement; SQLSTATE says why.", kAnswered, kDead},
    {ErrorId::kMalformedJson, "MALFORMED_JSON",
     "The envelope is not one JSON object in valid UTF-8.", kDead, kDead},
    {ErrorId::kInvalidField, "INVALID_FIELD",
     "A member is missing, repeated, or of a wrong type or value; MESSAGE names it.",
     kAnsweredAndDead, kDead},
    {ErrorId::kTooLarge, "TOO_LARGE", "The envelope exceeds request_max.", kAnsweredAndDead, kDead},
    {ErrorId::kUnauthenticated, "UNAUTHENTICATED", "Reserved.", kNothing, kNothing},
    {ErrorId::kForbidden, "FORBIDDEN", "Reserved.", kNothing, kNothing},
    {ErrorId::kUnknownDatabase, "UNKNOWN_DATABASE", "There is no such DATABASE.", kAnsweredAndDead,
     kDead},
    {ErrorId::kDatabaseUnavailable, "DATABASE_UNAVAILABLE",
     "The database was still unreachable at the DEADLINE, or without one after "
     "response_timeout.",
     kAnswered, kNothing},
    {ErrorId::kExpired, "EXPIRED", "The DEADLINE passed before the request was started.", kAnswered,
     kNothing},
    {ErrorId::kCancelled, "CANCELLED",
     "The request was running at its DEADLINE: cancelled and rolled back.", kAnswered, kDead},
    {ErrorId::kReplyTooLarge, "REPLY_TOO_LARGE",
     "The result exceeds reply_max and MAX_ROWS did not cut it; a write has taken effect.",
     kAnswered, kNothing},
    {ErrorId::kStatementRefused, "STATEMENT_REFUSED",
     "The bus does not run this kind of statement.", kAnsweredAndDead, kDead},
    {ErrorId::kUuidReused, "UUID_REUSED", "This UUID was applied before for another request.",
     kAnsweredAndDead, kDead},
    {ErrorId::kRetriesExhausted, "RETRIES_EXHAUSTED",
     "The request failed alone for a passing cause each time.", kAnswered, kDead},
    {ErrorId::kDeliveriesExhausted, "DELIVERIES_EXHAUSTED",
     "The daemon died with the request deliveries_max times.", kAnsweredAndDead, kDead},
}};

// For a number that only a newer version knows.
constexpr ErrorRow kUnknown = {ErrorId::kExecutionFailed, "UNKNOWN",
                               "The error is not known to this version.", kAnswered, kDead};

}  // namespace

std::span<const ErrorRow> error_table() { return kErrors; }

std::size_t error_place(ErrorId id) {
  const auto found = std::ranges::find(kErrors, id, &ErrorRow::id);
  return found == kErrors.end() ? 0 : static_cast<std::size_t>(found - kErrors.begin());
}

const ErrorRow& error_row(ErrorId id) {
  const auto found = std::ranges::find(kErrors, id, &ErrorRow::id);
  return found == kErrors.end() ? kUnknown : *found;
}

Fate fate_of(ErrorId id, bool sync) {
  const ErrorRow& row = error_row(id);
  return sync ? row.sync : row.async;
}

}  // namespace sqlbus
