// What Redis' lists hold, asked for when somebody wants to know: an idle bus costs Redis nothing
// for it. Loop thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/link.hpp"
#include "protocol/clock.hpp"

namespace sqlbus {

// Of one queue, as far as Redis has said.
struct QueueNumbers {
  std::int64_t depth = 0;
  std::int64_t delayed = 0;
  std::int64_t dead = 0;
  std::int64_t replays = 0;
  std::vector<std::int64_t> waiting{};   // by database
  std::optional<EpochTime> oldest_at{};  // TIMESTAMP of the request that is claimed next
};

class QueueSurvey {
 public:
  QueueSurvey(EventLoop& loop, RedisLink& control, const Settings& settings, const Intake& intake);

  // Calls back once Redis has told, or after a while without. Several who ask share one round.
  void ask(std::function<void()> on_known);
  // What was told last, by the queue's place; empty before the first answer.
  const std::vector<QueueNumbers>& numbers() const { return numbers_; }
  // By running_time().
  std::optional<std::chrono::nanoseconds> told_at() const { return told_at_; }

 private:
  struct Round {
    std::vector<QueueNumbers> numbers;
    std::size_t open = 0;  // answers
  };

  void begin();
  void ask_queue(const std::shared_ptr<Round>& round, std::size_t queue);
  void ask_length(const std::shared_ptr<Round>& round, std::string_view command,
                  const std::string& key, std::int64_t& length);
  void ask_head(const std::shared_ptr<Round>& round, const std::string& queue,
                std::optional<EpochTime>& oldest_at);
  void answered(const std::shared_ptr<Round>& round);
  void finish();

  RedisLink& control_;
  const Settings& settings_;
  const Intake& intake_;
  std::vector<QueueNumbers> numbers_;
  std::optional<std::chrono::nanoseconds> told_at_;
  std::vector<std::function<void()>> waiting_;  // who has asked
  // Shared with the answers that are awaited: one that comes late finds its own.
  std::shared_ptr<Round> round_;
  Timer limit_;
};

}  // namespace sqlbus
