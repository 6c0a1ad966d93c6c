#include "daemon/status/queue_survey.hpp"

#include <utility>
#include <variant>

#include "protocol/keys.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {
namespace {

// Who asks is not to wait longer: a scrape of Prometheus has 10 s.
constexpr milliseconds kLimit{1000};
// Of the envelope that is claimed next; of a larger one the age is not known.
constexpr std::size_t kHeadBytes = 16384;
constexpr std::string_view kHeadBytesText = "16384";

}  // namespace

QueueSurvey::QueueSurvey(EventLoop& loop, RedisLink& control, const Settings& settings,
                         const Intake& intake)
    : control_(control), settings_(settings), intake_(intake), limit_(loop, [this] { finish(); }) {}

void QueueSurvey::ask(std::function<void()> on_known) {
  waiting_.push_back(std::move(on_known));
  if (!round_) begin();
}

void QueueSurvey::begin() {
  round_ = std::make_shared<Round>();
  if (!control_.is_up()) return finish();
  limit_.start(kLimit);
  const auto round = round_;
  round->numbers.resize(intake_.queues().size());
  for (const auto queue : intake_.present()) ask_queue(round, queue);
}

void QueueSurvey::ask_queue(const std::shared_ptr<Round>& round, std::size_t queue) {
  const auto& name = intake_.queues()[queue]->queue();
  auto& numbers = round->numbers[queue];
  numbers.waiting.resize(settings_.databases.size());
  ask_length(round, "LLEN", name, numbers.depth);
  ask_length(round, "ZCARD", keys::delayed(name), numbers.delayed);
  ask_length(round, "LLEN", keys::dead(name), numbers.dead);
  ask_length(round, "LLEN", keys::replay(name), numbers.replays);
  for (std::size_t i = 0; i < settings_.databases.size(); ++i) {
    ask_length(round, "LLEN", keys::waiting(name, settings_.databases[i].name), numbers.waiting[i]);
  }
  ask_head(round, name, numbers.oldest_at);
}

// `length` is a part of the round, which the handler keeps.
void QueueSurvey::ask_length(const std::shared_ptr<Round>& round, std::string_view command,
                             const std::string& key, std::int64_t& length) {
  ++round->open;
  control_.send({command, key}, [this, round, &length](Reply reply) {
    length = reply.view().integer();
    answered(round);
  });
}

void QueueSurvey::ask_head(const std::shared_ptr<Round>& round, const std::string& queue,
                           std::optional<EpochTime>& oldest_at) {
  ++round->open;
  control_.run(Script::kHead, {queue}, {kHeadBytesText}, [this, round, &oldest_at](Reply reply) {
    if (reply.view().is_text()) {
      const auto decoded = decode_request(reply.view().text(), kHeadBytes);
      if (const auto* request = std::get_if<Request>(&decoded)) oldest_at = request->timestamp;
    }
    answered(round);
  });
}

void QueueSurvey::answered(const std::shared_ptr<Round>& round) {
  if (--round->open > 0) return;
  // A key of another kind than it should be: that is said elsewhere, and the rest is true.
  numbers_ = round->numbers;
  told_at_ = running_time();
  if (round == round_) finish();
}

void QueueSurvey::finish() {
  limit_.stop();
  round_.reset();
  for (auto& on_known : std::exchange(waiting_, {})) on_known();
}

}  // namespace sqlbus
