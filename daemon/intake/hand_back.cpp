#include "daemon/intake/hand_back.hpp"

#include <utility>

namespace sqlbus {

HandBack::HandBack(EventLoop& loop, QueueStore& store, const LimitSettings& limits, Log& log)
    : store_(store), limits_(limits), log_(log), retry_(loop, [this] { ask(); }) {}

void HandBack::start(std::function<void()> on_accepted) {
  on_accepted_ = std::move(on_accepted);
  retry_.stop();
  if (!is_asking_) ask();
}

// What was on its way is not answered any more.
void HandBack::control_down() {
  is_asking_ = false;
  retry_.stop();
}

void HandBack::ask() {
  is_asking_ = true;
  store_.hand_back([this](const HandBackAnswer& answer) {
    is_asking_ = false;
    if (!answer.error.empty()) return refused(answer.error);
    log_.info("queue handed back",
              {{"queue", store_.queue()}, {"requests", std::to_string(answer.requests)}});
    std::exchange(on_accepted_, {})();
  });
}

void HandBack::refused(const std::string& reason) {
  if (std::exchange(logged_reason_, reason) != reason) {
    log_.warning("redis does not take the queue back, trying again",
                 {{"queue", store_.queue()}, {"reason", reason}});
  }
  retry_.start(backoff_.next(limits_.retry_base, limits_.retry_cap));
}

}  // namespace sqlbus
