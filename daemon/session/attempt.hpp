// One run of one request on a session: what the database said, not yet committed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/bus_clock.hpp"
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
  MaybeFault run_array(Session& session);

  const Request* request_;  // outlives the attempt
  std::size_t reply_max_;
  Access access_;
  std::optional<ResultEncoder> result_;
  std::int64_t affected_ = 0;
  bool is_not_found_ = false;
  EpochTime started_at_{};
  std::chrono::microseconds executed_{};
};

}  // namespace sqlbus
