// One run of one request on a session: what the database said, not yet committed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/session/encoder_sink.hpp"
#include "daemon/session/session.hpp"
#include "protocol/error_id.hpp"
#include "protocol/request.hpp"
#include "protocol/result_encoder.hpp"

namespace sqlbus {

class Attempt {
 public:
  // `reply_max`: bytes RESULT may have. `access` is that of a statement by itself; a transaction
  // has its own.
  Attempt(const Request& request, std::size_t reply_max, Access access = Access::kReadWrite);

  // Runs all statements of the request, within whatever transaction is open; a pair needs one. The
  // first fault ends it; its message says at which statement of an array it was.
  MaybeFault run(Session& session, const BusClock& clock);

  // In parts, for a group: the statements of one that is no pair, and what became of them. The
  // executions point into the attempt, which must stay where it is.
  bool is_pair() const { return request_->form == Request::Form::kUpsert; }
  void add_to(std::vector<Execution>& executions);
  void begin(const BusClock& clock) { started_at_ = clock.now(); }
  void end(std::chrono::microseconds executed, std::int64_t affected);
  // Its caller wants no further row.
  bool has_enough() const { return sink_.has_enough(); }
  // The fault of the `index`-th statement, with the number that a person is told.
  DriverFault named(DriverFault fault, std::size_t index) const;

  // Of a run without fault: kOk, kNotFound or kReplyTooLarge.
  ErrorId error() const;
  std::int64_t affected() const { return affected_; }
  EpochTime started_at() const { return started_at_; }
  std::chrono::microseconds executed() const { return executed_; }
  // What a person is told of error(); empty for kOk.
  std::string message() const;
  // The rows; null where nobody waits for them, or where they are too large to be sent.
  const ResultEncoder* shown_result() const;

 private:
  MaybeFault run_statement(Session& session, const Statement& statement);
  MaybeFault run_pair(Session& session);
  MaybeFault run_all(Session& session);

  const Request* request_;  // outlives the attempt
  std::size_t reply_max_;
  Access access_;
  std::optional<ResultEncoder> result_;
  EncoderSink sink_;
  std::int64_t affected_ = 0;
  bool is_not_found_ = false;
  EpochTime started_at_{};
  std::chrono::microseconds executed_{};
};

}  // namespace sqlbus
