// What a fake holds in place of Redis: queues, replies, and what has come. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/testing/fake_database.hpp"
#include "client/testing/sqlbus_fake.hpp"
#include "daemon/bus_clock.hpp"

namespace sqlbus::fake {

enum class End : std::uint8_t { kLeft, kRight };

class Store {
 public:
  // Requests run as they come, while nothing is paused. The length of the list before they ran.
  std::int64_t push(End end, const std::string& name, const std::vector<std::string>& elements);
  std::optional<std::string> pop(End end, const std::string& name);
  std::int64_t length(const std::string& name) const;
  bool remove(const std::string& name) { return lists_.erase(name) > 0; }
  EpochTime now() const { return clock_.now(); }

  Database& database() { return database_; }
  const std::vector<Fake::Request>& requests() const { return requests_; }
  const std::vector<Fake::DeadLetter>& dead() const { return dead_; }
  void fail_next(const Fake::Failure& failure, std::size_t count) {
    failures_.insert(failures_.end(), count, failure);
  }
  void pause() { is_paused_ = true; }
  void resume();
  void advance(std::chrono::milliseconds time);

 private:
  void run_queue(const std::string& name);
  void take(const std::string& envelope);
  void run(const Request& request, const std::string& envelope);
  void settle(const Outcome& outcome, const Fake::Request& request);

  BusClock clock_;
  Database database_{clock_};
  std::map<std::string, std::deque<std::string>> lists_;  // the left end is the front
  std::vector<std::string> queues_;                       // what has been pushed to, by anybody
  std::multimap<EpochTime, std::string> delayed_;
  std::vector<Fake::Request> requests_;
  std::vector<Fake::DeadLetter> dead_;
  std::deque<Fake::Failure> failures_;
  bool is_paused_ = false;
};

}  // namespace sqlbus::fake
