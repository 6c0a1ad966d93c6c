#include "daemon/settlement/request_log.hpp"

#include <string>

#include "daemon/settlement/request_fields.hpp"

namespace sqlbus {
namespace {

using Level = Log::Level;

std::string_view message_of(ErrorId error) {
  switch (error) {
    case ErrorId::kOk:
    case ErrorId::kNotFound:
      return "request done";
    case ErrorId::kExpired:
      return "request expired";
    case ErrorId::kCancelled:
      return "request cancelled at its DEADLINE";
    case ErrorId::kReplyTooLarge:
      return "result too large to be sent";
    case ErrorId::kUnknownDatabase:
    case ErrorId::kStatementRefused:
    case ErrorId::kUuidReused:
      return "request refused";
    default:
      return "request failed";
  }
}

// What is kept for an operator is for him to see; what only its caller has to know is news.
Level level_of(ErrorId error, bool is_dead) {
  if (is_dead) return Level::kWarning;
  return message_of(error) == "request done" ? Level::kDebug : Level::kInfo;
}

bool is_told_by_database(ErrorId error) {
  return error == ErrorId::kExecutionFailed || error == ErrorId::kRetriesExhausted;
}

}  // namespace

void log_refused(Log& log, const Delivery& delivery, const Refusal& refusal, bool is_dead) {
  const auto level = is_dead ? Level::kWarning : Level::kInfo;
  if (!log.is_enabled(level)) return;
  RequestFields fields(delivery, {.uuid = refusal.uuid, .app = refusal.app, .database = {}});
  fields.add("errorid", static_cast<int>(refusal.error)).add("reason", refusal.message);
  if (is_dead) fields.add("dead_letter", "yes");
  log.write(level, "request refused", fields);
}

void log_ended(Log& log, const Delivery& delivery, const Request& request, const Verdict& verdict,
               bool is_dead) {
  const auto level = level_of(verdict.error, is_dead);
  if (!log.is_enabled(level)) return;
  RequestFields fields(delivery, request, verdict.database);
  fields.add("errorid", static_cast<int>(verdict.error));
  if (!verdict.sqlstate.empty()) fields.add("sqlstate", verdict.sqlstate);
  const bool is_ours = !verdict.message.empty() && !is_told_by_database(verdict.error);
  if (is_ours) fields.add("reason", verdict.message);
  if (verdict.executed) fields.add_time("took_ms", *verdict.executed);
  if (delivery.deliveries > 0) fields.add("deliveries", delivery.deliveries);
  if (is_dead) fields.add("dead_letter", "yes");
  log.write(level, message_of(verdict.error), fields);
}

void log_repeated(Log& log, const Delivery& delivery, const Request& request,
                  std::string_view database) {
  if (!log.is_enabled(Level::kInfo)) return;
  log.write(Level::kInfo, "request is a copy of one that was applied: not run again",
            RequestFields(delivery, request, database));
}

void log_waits(Log& log, const Delivery& delivery, const Request& request,
               std::string_view database) {
  if (!log.is_enabled(Level::kDebug)) return;
  log.write(Level::kDebug, "request waits for its database",
            RequestFields(delivery, request, database));
}

}  // namespace sqlbus
