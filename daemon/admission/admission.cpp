#include "daemon/admission/admission.hpp"

#include <algorithm>
#include <memory_resource>
#include <utility>

#include "daemon/admission/statement_kind.hpp"
#include "protocol/keys.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {
namespace {

std::string refused_keyword(const Request& request) {
  for (const auto& statement : request.statements) {
    if (kind_of(statement.sql) == StatementKind::kRefused) return first_keyword(statement.sql);
  }
  return {};
}

// A query nobody waits for runs for what it changes: like a write.
Admitted::Mode mode_of(const Request& request, StatementKind kind) {
  if (kind == StatementKind::kAlone) return Admitted::Mode::kAlone;
  if (kind == StatementKind::kQuery && request.sync) return Admitted::Mode::kQuery;
  return Admitted::Mode::kGroup;
}

}  // namespace

Admission::Admission(const Settings& settings, const BusClock& clock, const Concluder& concluder,
                     IsReserved is_reserved)
    : settings_(settings),
      clock_(clock),
      concluder_(concluder),
      is_reserved_(std::move(is_reserved)) {}

// The kind that decides for all of a request's statements: one that runs alone makes the whole
// request run alone, one that is refused refuses it.
StatementKind Admission::kind_of(const Request& request) {
  auto kind = StatementKind::kWrite;
  for (const auto& statement : request.statements) {
    const auto one = kinds_.kind_of(statement.sql);
    if (one == StatementKind::kRefused) return one;
    if (one == StatementKind::kAlone) kind = one;
    if (one == StatementKind::kQuery && request.form == Request::Form::kSingle) kind = one;
  }
  return kind;
}

Verdict Admission::examine(const Request& request, const Delivery& delivery,
                           StatementKind kind) const {
  const auto database = name_of_database(request, delivery.batch->origin);
  if (!place_of(database)) {
    return {.error = ErrorId::kUnknownDatabase,
            .message = "DATABASE: no database " + std::string(database) + " is configured"};
  }
  if (kind == StatementKind::kRefused) {
    return {.error = ErrorId::kStatementRefused,
            .message = "STATEMENT: the bus does not run " + refused_keyword(request) +
                       ": it would change the session for others"};
  }
  if (delivery.deliveries >= settings_.limits.deliveries_max) {
    return {.error = ErrorId::kDeliveriesExhausted,
            .message = "the daemon was lost " + std::to_string(delivery.deliveries) +
                       " times while it ran this request"};
  }
  // One that waits for an answer and may have been run before is left to its lane and the ledger.
  const bool may_be_applied = delivery.deliveries > 0 || !delivery.batch->origin.empty();
  const bool is_in_question = request.sync && may_be_applied;
  if (request.deadline && clock_.now() >= *request.deadline && !is_in_question) {
    return {.error = ErrorId::kExpired, .message = "the DEADLINE passed before it was started"};
  }
  return {};
}

std::variant<Admitted, Outcome> Admission::admit(Delivery delivery) {
  // One delivery later than examine() says so: the envelope may kill the daemon before it is read.
  if (delivery.deliveries > settings_.limits.deliveries_max) {
    return concluder_.refuse(std::move(delivery),
                             {.error = ErrorId::kDeliveriesExhausted,
                              .message = "the daemon was lost each time it read this request"});
  }
  auto decoded =
      decoder_.decode(delivery.envelope, settings_.limits.request_max, delivery.batch->memory);
  if (auto* refusal = std::get_if<Refusal>(&decoded)) {
    if (is_reserved_(refusal->rchannel)) refusal->rchannel.clear();
    return concluder_.refuse(std::move(delivery), *refusal);
  }
  auto& request = std::get<Request>(decoded);
  if (is_reserved_(request.rchannel)) {
    return concluder_.refuse(std::move(delivery),
                             {.error = ErrorId::kInvalidField,
                              .message = "RCHANNEL: is a queue or a key of the bus",
                              .uuid = request.uuid.str(),
                              .app = request.app.str(),
                              .sync = request.sync});
  }
  const auto kind = kind_of(request);
  if (auto verdict = examine(request, delivery, kind); verdict.error != ErrorId::kOk) {
    verdict.database = name_of_database(request, delivery.batch->origin);
    return concluder_.conclude(std::move(delivery), request, verdict, nullptr);
  }
  if (request.not_before && clock_.now() < *request.not_before) {
    // One whose DEADLINE comes first is looked at then, and answered.
    const auto until = std::min(*request.not_before, request.deadline.value_or(EpochTime::max()));
    return concluder_.delay(std::move(delivery), until);
  }
  const auto mode = mode_of(request, kind);
  const auto database = *place_of(name_of_database(request, delivery.batch->origin));
  return Admitted{std::move(delivery), std::move(request), database, mode};
}

std::string_view Admission::name_of_database(const Request& request,
                                             std::string_view origin) const {
  if (request.database) return request.database->view();
  const auto waited_for = keys::waiting_database(origin);
  return waited_for.empty() ? std::string_view(settings_.default_database) : waited_for;
}

std::optional<std::size_t> Admission::place_of(std::string_view name) const {
  const auto* database = settings_.find_database(name);
  if (database == nullptr) return {};
  return static_cast<std::size_t>(database - settings_.databases.data());
}

std::optional<std::size_t> Admission::database_of_query(std::string_view envelope) {
  std::pmr::monotonic_buffer_resource memory;
  const auto decoded = decoder_.decode(envelope, settings_.limits.request_max, memory);
  const auto* request = std::get_if<Request>(&decoded);
  if (request == nullptr) return {};
  if (mode_of(*request, kind_of(*request)) != Admitted::Mode::kQuery) return {};
  return place_of(name_of_database(*request, {}));
}

}  // namespace sqlbus
