#include "daemon/session/attempt.hpp"

#include <string>
#include <utility>

namespace sqlbus {
namespace {

constexpr std::string_view kUniqueViolation = "23505";
constexpr std::uint32_t kPairLevel = 1;  // of savepoints; level 0 is the group's

}  // namespace

Attempt::Attempt(const Request& request, std::size_t reply_max, Access access)
    : request_(&request), reply_max_(reply_max), access_(access) {
  if (!request.sync) return;
  result_.emplace(ResultEncoder::Options{
      .typed = request.typed, .rows_max = request.rows_max, .bytes_max = reply_max});
}

MaybeFault Attempt::run(Session& session, const BusClock& clock) {
  started_at_ = clock.now();
  const auto begun = std::chrono::steady_clock::now();
  auto fault = is_pair() ? run_pair(session) : run_all(session);
  executed_ = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  return fault;
}

ErrorId Attempt::error() const {
  if (result_ && result_->is_too_large()) return ErrorId::kReplyTooLarge;
  return is_not_found_ ? ErrorId::kNotFound : ErrorId::kOk;
}

std::string Attempt::message() const {
  switch (error()) {
    case ErrorId::kReplyTooLarge:
      return "the result exceeds reply_max (" + std::to_string(reply_max_) +
             " bytes) and MAX_ROWS did not cut it; what it wrote has taken effect";
    case ErrorId::kNotFound:
      return "neither UPDATE nor INSERT changed a row";
    default:
      return {};
  }
}

const ResultEncoder* Attempt::shown_result() const {
  return result_ && !result_->is_too_large() ? &*result_ : nullptr;
}

// Of several statements the last one's rows are the result.
void Attempt::add_to(std::vector<Execution>& executions) {
  for (const auto& statement : request_->statements) {
    executions.push_back({.statement = &statement, .access = access_});
  }
  if (!result_) return;
  sink_.open(*result_);
  executions.back().sink = &sink_;
}

void Attempt::end(std::chrono::microseconds executed, std::int64_t affected) {
  executed_ = executed;
  affected_ = affected;
}

DriverFault Attempt::named(DriverFault fault, std::size_t index) const {
  if (request_->form != Request::Form::kTransaction) return fault;
  fault.message = "statement " + std::to_string(index + 1) + " of " +
                  std::to_string(request_->statements.size()) + ": " + fault.message;
  return fault;
}

MaybeFault Attempt::run_all(Session& session) {
  std::vector<Execution> executions;
  add_to(executions);
  affected_ = 0;
  for (std::size_t i = 0; i < executions.size(); ++i) {
    if (auto fault = session.execute(executions[i])) return named(*std::move(fault), i);
    affected_ += executions[i].affected;
  }
  return std::nullopt;
}

// Sets affected_ to what this statement changed; its rows replace those of an earlier one.
MaybeFault Attempt::run_statement(Session& session, const Statement& statement) {
  if (result_) sink_.open(*result_);
  Execution execution{
      .statement = &statement, .sink = result_ ? &sink_ : nullptr, .access = access_};
  auto fault = session.execute(execution);
  affected_ = execution.affected;
  return fault;
}

// UPDATE; where it matched nothing, INSERT; where somebody else has inserted meanwhile, UPDATE
// once more. The savepoint keeps the transaction usable after the violation.
MaybeFault Attempt::run_pair(Session& session) {
  const auto& update = request_->statements[0];
  const auto& insert = request_->statements[1];
  if (auto fault = run_statement(session, update)) return fault;
  if (affected_ > 0) return std::nullopt;
  if (auto fault = session.savepoint(kPairLevel)) return fault;
  auto fault = run_statement(session, insert);
  if (fault && fault->sqlstate == kUniqueViolation) {
    if (auto broken = session.rollback_to_savepoint(kPairLevel)) return broken;
    fault = run_statement(session, update);
  }
  is_not_found_ = !fault && affected_ == 0;
  return fault;
}

}  // namespace sqlbus
