#include "daemon/session/attempt.hpp"

#include <string>
#include <utility>

namespace sqlbus {
namespace {

constexpr std::string_view kUniqueViolation = "23505";
constexpr std::uint32_t kPairLevel = 1;  // of savepoints; level 0 is the group's

// Rows go straight into the response as it will be written.
class EncoderSink final : public RowSink {
 public:
  explicit EncoderSink(ResultEncoder* encoder) : encoder_(encoder) {}
  void columns(std::vector<Column> columns) override { encoder_->begin(std::move(columns)); }
  ResultEncoder::Verdict row(std::span<const Cell> cells) override {
    return encoder_->add_row(cells);
  }

 private:
  ResultEncoder* encoder_;
};

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
  MaybeFault fault;
  switch (request_->form) {
    case Request::Form::kSingle:
      fault = run_statement(session, request_->statements[0]);
      break;
    case Request::Form::kUpsert:
      fault = run_pair(session);
      break;
    case Request::Form::kTransaction:
      fault = run_array(session);
      break;
  }
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

// Sets affected_ to what this statement changed; its rows replace those of an earlier one.
MaybeFault Attempt::run_statement(Session& session, const Statement& statement) {
  if (result_) result_->clear();
  EncoderSink sink(result_ ? &*result_ : nullptr);
  Execution execution{
      .statement = &statement, .sink = result_ ? &sink : nullptr, .access = access_};
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

MaybeFault Attempt::run_array(Session& session) {
  std::int64_t sum = 0;
  const auto count = request_->statements.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (auto fault = run_statement(session, request_->statements[i])) {
      fault->message = "statement " + std::to_string(i + 1) + " of " + std::to_string(count) +
                       ": " + fault->message;
      return fault;
    }
    sum += affected_;
  }
  affected_ = sum;
  return std::nullopt;
}

}  // namespace sqlbus
