// A query that runs on the event loop, with the session of a lane that has nothing else to do: its
// caller waits, and waking the lane's thread and being woken by it would cost more than many a
// query. What is not simply answered is left to the lane.
//
// Loop thread, as long as the lane's mailbox is borrowed: see Mailbox::try_borrow().
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/lane/deadline_watch.hpp"
#include "daemon/lane/group_runner.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/session/attempt.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {

class LoneQuery {
 public:
  struct Events {
    std::function<void(std::vector<Outcome>)> on_done;
    std::function<void(Job)> on_left;  // for the lane to run, ahead of what has come meanwhile
  };

  LoneQuery(EventLoop& loop, GroupRunner& runner, DeadlineWatch& watch, const BusClock& clock,
            const LimitSettings& limits, Events events);

  // One at a time. Where it returns false the job is as it was.
  bool start(Session& session, Job& job);

 private:
  void step();
  void watch_time();
  void cancel();
  void finish(MaybeFault fault);

  GroupRunner& runner_;
  DeadlineWatch& deadline_watch_;
  const BusClock& clock_;
  const LimitSettings& limits_;
  Events events_;
  SocketWatch socket_;
  Timer timer_;  // its DEADLINE, or that the rows nobody wants take too long
  Session* session_ = nullptr;
  Turn turn_;  // the one
  std::optional<Attempt> attempt_;
  std::vector<Execution> executions_;
  bool is_surplus_ = false;  // what comes now nobody wants
  std::optional<DeadlineWatch::Guard> cancelling_;
  std::chrono::steady_clock::time_point begun_{};
};

}  // namespace sqlbus
