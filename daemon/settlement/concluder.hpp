// Makes the Outcome of a request: who is answered, what becomes a dead letter, by the error table.
// Immutable; used by the loop and by lanes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/bus_clock.hpp"
#include "daemon/log/log.hpp"
#include "daemon/settlement/outcome.hpp"
#include "protocol/request.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/result_encoder.hpp"

namespace sqlbus {

// How a request ended, as its lane or the admission saw it.
struct Verdict {
  ErrorId error = ErrorId::kOk;
  std::string message;
  std::string sqlstate;
  std::string dbtype;
  std::string_view database = {};  // by its name in the settings; for the log
  std::int64_t affected = 0;
  std::optional<EpochTime> started_at;
  std::optional<std::chrono::microseconds> executed;
};

class Concluder {
 public:
  // What becomes of requests is told to the log, where there is one.
  Concluder(std::string instance_id, const BusClock& clock, Log* log = nullptr);

  // A delivery that is no request.
  Outcome refuse(Delivery delivery, const Refusal& refusal) const;
  // A request that has ended; `result` may be null.
  Outcome conclude(Delivery delivery, const Request& request, const Verdict& verdict,
                   const ResultEncoder* result) const;
  // A copy of a request that has been applied, with the answer that is kept of the first one, if
  // any. Of `verdict` only dbtype is looked at.
  Outcome repeat(Delivery delivery, const Request& request, const Verdict& verdict,
                 std::string_view answer) const;
  // A request for a database that is down: it waits in Redis. A caller who waits for it is answered
  // at `answer_at`, where it still waits then.
  Outcome wait(Delivery delivery, const Request& request, std::string database,
               EpochTime answer_at) const;
  // A request that waits for its NOT_BEFORE.
  Outcome delay(Delivery delivery, EpochTime until) const;

 private:
  Outcome answer(const Request& request, const Verdict& verdict, const ResultEncoder* result) const;
  std::string dead_letter(const Delivery& delivery, ErrorId error, std::string_view message,
                          std::string_view sqlstate) const;

  std::string instance_id_;
  const BusClock& clock_;
  Log* log_;
};

}  // namespace sqlbus
