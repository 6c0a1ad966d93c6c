// Runs the requests at the head of a lane's backlog: several in one transaction where they may,
// each by itself where they must. Lane thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/lane/attempt.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/session/session.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

class GroupRunner {
 public:
  enum class Next : std::uint8_t {
    kGoOn,     // the session is sound
    kHold,     // the lease is in doubt: look again soon
    kRest,     // contention: wait a little before trying again
    kReplace,  // the session is of no use any more
  };

  GroupRunner(const LimitSettings& limits, const BusClock& clock, const Concluder& concluder);

  // Runs one group from the front of `turn`, which is not empty. What has ended is taken off and
  // its outcome added; what has not stays, in order, to be run again.
  Next run(Session& session, std::deque<Job>& turn, std::vector<Outcome>& outcomes);

  // Why the last run did not go on.
  const DriverFault& fault() const { return fault_; }

 private:
  struct Failure {
    std::size_t position = 0;
    Attempt attempt;
    DriverFault fault;
  };

  // Takes off what may not begin: its batch is gone, or its DEADLINE has passed.
  void drop_stale(std::deque<Job>& turn, std::vector<Outcome>& outcomes) const;
  std::size_t group_size(const std::deque<Job>& turn) const;
  Next run_alone(Session& session, std::deque<Job>& turn, std::vector<Outcome>& outcomes);
  Next run_group(Session& session, std::deque<Job>& turn, std::size_t count,
                 std::vector<Outcome>& outcomes, std::optional<Failure>& failure);
  Next commit(Session& session, const std::deque<Job>& turn, std::size_t count);
  // A fault of a group that is no request's own: sizes the next one and says how to go on.
  Next give_way(Session& session, DriverFault fault, std::size_t count);
  Next refuse_open(Session& session, const Attempt& attempt, std::deque<Job>& turn,
                   std::vector<Outcome>& outcomes);
  Next fail_alone(Session& session, const Attempt& attempt, DriverFault fault,
                  std::deque<Job>& turn, std::vector<Outcome>& outcomes);

  void succeed(Session& session, const Attempt& attempt, std::deque<Job>& turn,
               std::vector<Outcome>& outcomes) const;
  void fail(Session& session, const Attempt& attempt, const DriverFault& fault, ErrorId error,
            std::deque<Job>& turn, std::vector<Outcome>& outcomes) const;

  LimitSettings limits_;
  const BusClock& clock_;
  const Concluder& concluder_;
  std::size_t group_limit_;  // halved by contention, doubled by success
  DriverFault fault_;
};

}  // namespace sqlbus
