#include "daemon/intake/stray_watch.hpp"

#include <utility>

namespace sqlbus {
namespace {

constexpr milliseconds kStep{100};
constexpr milliseconds kRound{60000};

}  // namespace

StrayWatch::StrayWatch(EventLoop& loop, QueueStore& store, Log& log)
    : store_(store), log_(log), timer_(loop, [this] { step(); }) {}

void StrayWatch::start() {
  cursor_ = "0";
  timer_.start(kStep);
}

void StrayWatch::step() {
  if (!store_.is_up()) return;
  store_.scan_batches(cursor_, [this](ScanAnswer answer) {
    cursor_ = std::move(answer.cursor);
    timer_.start(cursor_ == "0" ? kRound : kStep);
    for (const auto& batch : answer.foreign) {
      store_.adopt(batch, [this](std::int64_t requests) {
        if (requests == 0) return;
        log_.warning("adopted a stray batch",
                     {{"queue", store_.queue()}, {"requests", std::to_string(requests)}});
      });
    }
  });
}

}  // namespace sqlbus
