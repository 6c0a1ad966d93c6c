// What follows a run that did not go well: whether its session is of further use, when to try
// again, and with how many. Lane thread.
#pragma once

#include <cstddef>

#include "daemon/lane/group_pace.hpp"
#include "daemon/lane/runner_house.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {

class Aftermath {
 public:
  // Borrows the house.
  explicit Aftermath(const RunnerHouse& house) : house_(house), pace_(house.limits.group_max) {}

  GroupPace& pace() { return pace_; }
  const GroupPace& pace() const { return pace_; }
  void grow(std::size_t done) { pace_.grow(done, house_.limits.group_max); }

  // A transaction has begun.
  void note_begun() { blocked_ = 0; }
  void note_committed() { again_ = 0; }
  // Whether a driver that asks for another go is believed.
  bool may_go_again() { return ++again_ < kAgainMax; }

  // What ran alone may have left something in the session that its neighbours would meet.
  RunNext tidy(Session& session);
  RunNext roll_back(Session& session, RunNext next);
  RunNext replace(DriverFault fault);
  // No transaction begins: somebody else holds what every one needs, the server takes no writes, or
  // the ledger is not what it should be. Others on the queue are not to wait for that; the next
  // session makes the ledger anew.
  RunNext blocked(Session& session, DriverFault fault);
  // A fault of the first `count` requests of a turn that is no request's own.
  RunNext give_way(Session& session, Turn& turn, DriverFault fault, std::size_t count);

  // Another run begins.
  void forget() { fault_ = {}; }
  // Why the last run did not go on.
  const DriverFault& fault() const { return fault_; }

 private:
  // A transaction that does not begin so often in a row: the database counts as down.
  static constexpr int kBlockedMax = 2;
  // A driver that says "again" so often in a row is not believed.
  static constexpr int kAgainMax = 10;

  const RunnerHouse& house_;
  GroupPace pace_;
  int blocked_ = 0;  // times in a row that a transaction did not begin
  int again_ = 0;    // times in a row that the driver wanted another go
  DriverFault fault_;
};

}  // namespace sqlbus
