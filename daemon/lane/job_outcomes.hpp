// How each end of a job is told: the one place where outcomes of a lane are made. Each takes the
// job's delivery with it. Lane thread.
#pragma once

#include <string>
#include <utility>

#include "daemon/lane/group_ledger.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/session/attempt.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

class JobOutcomes {
 public:
  JobOutcomes(const Concluder& concluder, std::string database)
      : concluder_(concluder), database_(std::move(database)) {}

  // Its batch is not ours any more, or it has not been looked at.
  static Outcome untouched(Job& job);
  // Its DEADLINE passed before it began.
  Outcome expired(Job& job) const;
  // Its DEADLINE came while it ran.
  Outcome cancelled(const Session& session, const Attempt& attempt, Job& job) const;
  Outcome succeeded(const Session& session, const Attempt& attempt, Job& job) const;
  Outcome failed(const Session& session, const Attempt& attempt, const DriverFault& fault,
                 ErrorId error, Job& job) const;
  // A copy of what the ledger knows: nothing was run.
  Outcome repeated(const Session& session, GroupLedger::Verdict verdict, const LedgerRow& known,
                   Job& job) const;

 private:
  const Concluder& concluder_;
  std::string database_;
};

}  // namespace sqlbus
