// Answers blocking requests that have waited too long for a database that is down. Loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

class WaitingWatch {
 public:
  WaitingWatch(EventLoop& loop, const Settings& settings, const BusClock& clock,
               const Concluder& concluder, Intake& intake, Log& log);

  // A request goes to wait; of one that nobody waits for nothing is kept.
  void add(const Outcome& outcome);
  // The list of a database was there before us: finds the blocking requests in it.
  void look(std::size_t queue, std::size_t database);
  // The queue is not ours any more.
  void forget(std::size_t queue);

 private:
  struct Entry {
    std::size_t queue = 0;
    QueueStore::WaitingAnswer answer;
  };

  void look_on(std::size_t queue, std::size_t database, std::int64_t first);
  void add_found(std::size_t queue, std::size_t database, const std::string& envelope);
  void schedule();
  void answer_due();
  void log_answered(const Entry& entry) const;

  const Settings& settings_;
  const BusClock& clock_;
  const Concluder& concluder_;
  Intake& intake_;
  Log& log_;
  std::multimap<EpochTime, Entry> entries_;
  Timer timer_;
};

}  // namespace sqlbus
