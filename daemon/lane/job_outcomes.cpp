#include "daemon/lane/job_outcomes.hpp"

#include <utility>

namespace sqlbus {

Outcome JobOutcomes::untouched(Job& job) {
  return {.delivery = std::move(job.admitted.delivery), .kind = Outcome::Kind::kUntouched};
}

Outcome JobOutcomes::expired(Job& job) const {
  return concluder_.conclude(std::move(job.admitted.delivery), job.request(),
                             {.error = ErrorId::kExpired,
                              .message = "the DEADLINE passed before it was started",
                              .database = database_},
                             nullptr);
}

Outcome JobOutcomes::cancelled(const Session& session, const Attempt& attempt, Job& job) const {
  return concluder_.conclude(
      std::move(job.admitted.delivery), job.request(),
      {.error = ErrorId::kCancelled,
       .message = "it was running at its DEADLINE: cancelled and rolled back",
       .dbtype = session.dbtype(),
       .database = database_,
       .started_at = attempt.started_at(),
       .executed = attempt.executed()},
      nullptr);
}

Outcome JobOutcomes::succeeded(const Session& session, const Attempt& attempt, Job& job) const {
  return concluder_.conclude(std::move(job.admitted.delivery), job.request(),
                             {.error = attempt.error(),
                              .message = attempt.message(),
                              .dbtype = session.dbtype(),
                              .database = database_,
                              .affected = attempt.affected(),
                              .started_at = attempt.started_at(),
                              .executed = attempt.executed()},
                             attempt.shown_result());
}

Outcome JobOutcomes::failed(const Session& session, const Attempt& attempt,
                            const DriverFault& fault, ErrorId error, Job& job) const {
  return concluder_.conclude(std::move(job.admitted.delivery), job.request(),
                             {.error = error,
                              .message = fault.message,
                              .sqlstate = fault.sqlstate,
                              .dbtype = session.dbtype(),
                              .database = database_,
                              .started_at = attempt.started_at(),
                              .executed = attempt.executed()},
                             nullptr);
}

Outcome JobOutcomes::repeated(const Session& session, GroupLedger::Verdict verdict,
                              const LedgerRow& known, Job& job) const {
  auto delivery = std::move(job.admitted.delivery);
  Verdict said{.dbtype = session.dbtype(), .database = database_};
  if (verdict == GroupLedger::Verdict::kApplied) {
    return concluder_.repeat(std::move(delivery), job.request(), said, known.answer);
  }
  const bool is_reused = verdict == GroupLedger::Verdict::kReused;
  said.error = is_reused ? ErrorId::kUuidReused : ErrorId::kExecutionFailed;
  said.message = is_reused ? "UUID: was used before for another request" : known.message;
  if (!is_reused) said.sqlstate = known.sqlstate;
  return concluder_.conclude(std::move(delivery), job.request(), said, nullptr);
}

}  // namespace sqlbus
