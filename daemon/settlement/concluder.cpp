#include "daemon/settlement/concluder.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "daemon/settlement/request_log.hpp"
#include "protocol/dead_letter.hpp"
#include "protocol/response_codec.hpp"
#include "protocol/utf8.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {
namespace {

double milliseconds_of(std::chrono::microseconds time) {
  return static_cast<double>(std::max<std::int64_t>(0, time.count())) / 1000.0;
}

// An envelope beyond this does not travel back to Redis in its dead letter: settle.lua puts it in
// where REQUEST is empty. What is not UTF-8 can only be written here, as base64, up to the size
// that Redis takes (512 MiB).
constexpr std::size_t kSentBackMax = std::size_t{16} << 20U;
constexpr std::size_t kBase64Max = std::size_t{360} << 20U;

bool is_put_in_by_redis(std::string_view envelope) {
  if (envelope.size() <= kSentBackMax) return false;
  return envelope.size() > kBase64Max || is_utf8(envelope);
}

}  // namespace

Concluder::Concluder(std::string instance_id, const BusClock& clock, Log* log)
    : instance_id_(std::move(instance_id)), clock_(clock), log_(log) {}

Outcome Concluder::refuse(Delivery delivery, const Refusal& refusal) const {
  Outcome outcome;
  outcome.error = refusal.error;
  const auto fate = fate_of(refusal.error, refusal.sync);
  if (fate.answered && refusal.sync && !refusal.rchannel.empty()) {
    outcome.channel = refusal.rchannel;
    outcome.response = encode_response({.uuid = refusal.uuid,
                                        .pid = ::getpid(),
                                        .timestamp = clock_.now(),
                                        .error = refusal.error,
                                        .message = refusal.message,
                                        .traceparent = refusal.traceparent},
                                       nullptr);
  }
  if (fate.dead) outcome.dead_letter = dead_letter(delivery, refusal.error, refusal.message, "");
  if (log_ != nullptr) log_refused(*log_, delivery, refusal, fate.dead);
  outcome.delivery = std::move(delivery);
  return outcome;
}

Outcome Concluder::conclude(Delivery delivery, const Request& request, const Verdict& verdict,
                            const ResultEncoder* result) const {
  auto outcome = answer(request, verdict, result);
  const bool is_dead = fate_of(verdict.error, request.sync).dead;
  if (is_dead) {
    outcome.dead_letter = dead_letter(delivery, verdict.error, verdict.message, verdict.sqlstate);
  }
  if (log_ != nullptr) log_ended(*log_, delivery, request, verdict, is_dead);
  outcome.delivery = std::move(delivery);
  return outcome;
}

Outcome Concluder::answer(const Request& request, const Verdict& verdict,
                          const ResultEncoder* result) const {
  Outcome outcome;
  outcome.error = verdict.error;
  const auto fate = fate_of(verdict.error, request.sync);
  if (fate.answered && request.sync) {
    ResponseHead head{.uuid = request.uuid,
                      .pid = ::getpid(),
                      .dbtype = verdict.dbtype,
                      .timestamp = clock_.now(),
                      .error = verdict.error,
                      .message = verdict.message,
                      .sqlstate = verdict.sqlstate,
                      .affected = verdict.affected,
                      .is_truncated = result != nullptr && result->is_truncated(),
                      .traceparent = request.traceparent};
    const auto begun = verdict.started_at.value_or(head.timestamp);
    head.queued_ms = milliseconds_of(begun - request.timestamp);
    head.executed_ms = milliseconds_of(verdict.executed.value_or(std::chrono::microseconds(0)));
    outcome.channel = request.rchannel.str();
    outcome.response = encode_response(head, result);
  }
  return outcome;
}

Outcome Concluder::repeat(Delivery delivery, const Request& request, const Verdict& verdict,
                          std::string_view answer) const {
  Outcome outcome;
  outcome.is_duplicate = true;
  if (request.sync) {
    ResponseHead head{.uuid = request.uuid,
                      .pid = ::getpid(),
                      .dbtype = verdict.dbtype,
                      .timestamp = clock_.now(),
                      .executed_ms = 0.0,
                      .traceparent = request.traceparent};
    head.queued_ms = milliseconds_of(head.timestamp - request.timestamp);
    outcome.channel = request.rchannel.str();
    outcome.response = encode_duplicate(head, answer);
  }
  if (log_ != nullptr) log_repeated(*log_, delivery, request, verdict.database);
  outcome.delivery = std::move(delivery);
  return outcome;
}

Outcome Concluder::wait(Delivery delivery, const Request& request, std::string database,
                        EpochTime answer_at) const {
  Outcome outcome;
  if (request.sync) {
    outcome = answer(request,
                     {.error = ErrorId::kDatabaseUnavailable,
                      .message = "database " + database + " is not available"},
                     nullptr);
    outcome.answer_at = answer_at;
  }
  if (log_ != nullptr && delivery.batch) log_waits(*log_, delivery, request, database);
  outcome.error = ErrorId::kOk;
  outcome.waiting_database = std::move(database);
  outcome.delivery = std::move(delivery);
  return outcome;
}

Outcome Concluder::delay(Delivery delivery, EpochTime until) const {
  Outcome outcome;
  outcome.delivery = std::move(delivery);
  outcome.delay_until = until;
  return outcome;
}

std::string Concluder::dead_letter(const Delivery& delivery, ErrorId error,
                                   std::string_view message, std::string_view sqlstate) const {
  return encode_dead_letter({.id = make_uuid_v7(),
                             .request = is_put_in_by_redis(delivery.envelope)
                                            ? std::string()
                                            : std::string(delivery.envelope),
                             .error = error,
                             .message = std::string(message),
                             .sqlstate = std::string(sqlstate),
                             .failed_at = clock_.now(),
                             .attempts = delivery.deliveries + 1,
                             .instance = instance_id_});
}

}  // namespace sqlbus
