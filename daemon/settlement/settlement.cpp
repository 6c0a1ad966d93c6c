#include "daemon/settlement/settlement.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include "daemon/crash_point.hpp"
#include "daemon/settlement/request_fields.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {
namespace {

constexpr milliseconds kRetry{1000};  // after Redis refused the script

// So long the settlement of a batch's first outcomes waits for its last ones.
constexpr milliseconds kHold{50};

// Responses and dead letters that go in one call, about: far below Redis' limit for a query.
constexpr std::size_t kCallBytes = std::size_t{16} << 20U;

std::string seconds_text(EpochTime time) {
  const auto us = time.time_since_epoch().count();
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(us / 1000000),
                static_cast<long long>(us % 1000000));
  return text;
}

void add_at(std::vector<std::uint64_t>& numbers, std::size_t place) {
  if (place >= numbers.size()) numbers.resize(place + 1);
  ++numbers[place];
}

Settlement::Counters::End end_of(const Outcome& outcome) {
  using End = Settlement::Counters::End;
  if (!outcome.dead_letter.empty()) return End::kDead;
  if (outcome.is_duplicate) return End::kDuplicate;
  const bool is_ok = outcome.error == ErrorId::kOk || outcome.error == ErrorId::kNotFound;
  return is_ok ? End::kOk : End::kFailed;
}

std::uint64_t sum(const std::vector<std::uint64_t>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

std::size_t index_of(SettleCommand& command, const std::string& batch) {
  const auto found = std::find(command.batches.begin(), command.batches.end(), batch);
  if (found == command.batches.end()) {
    command.batches.push_back(batch);
    return command.batches.size() - 1;
  }
  return static_cast<std::size_t>(found - command.batches.begin());
}

void add_plain(SettleCommand& command, std::size_t batch, std::size_t position) {
  auto& ranges = command.ranges;
  if (!ranges.empty() && ranges.back().batch == batch && ranges.back().last + 1 == position) {
    ++ranges.back().last;
  } else {
    ranges.push_back({batch, position, position});
  }
}

// What the script makes a dead letter of when a reply channel turns out to be somebody's data.
std::string letter_head(const std::string& instance_id) {
  return R"({"ID":")" + make_uuid_v7() + R"(","ERRORID":)" +
         std::to_string(static_cast<int>(ErrorId::kInvalidField)) +
         R"(,"SQLSTATE":"","ATTEMPTS":1,"INSTANCE":")" + instance_id + R"("})";
}

}  // namespace

std::uint64_t Settlement::Counters::all_ended() const {
  std::uint64_t all = 0;
  for (const auto& numbers : ended) all += sum(numbers);
  return all;
}

std::uint64_t Settlement::Counters::ended_as(End end) const {
  return sum(ended[static_cast<std::size_t>(end)]);
}

std::uint64_t Settlement::Counters::ended_with(ErrorId error) const {
  const auto place = error_place(error);
  std::uint64_t all = 0;
  for (const auto& numbers : ended) all += place < numbers.size() ? numbers[place] : 0;
  return all;
}

Settlement::Settlement(EventLoop& loop, Intake& intake, Log& log, std::string instance_id,
                       std::function<void()> on_acknowledged, OnMoved on_moved)
    : intake_(intake),
      log_(log),
      instance_id_(std::move(instance_id)),
      on_acknowledged_(std::move(on_acknowledged)),
      on_moved_(std::move(on_moved)),
      retry_(loop, [this] { resend(); }),
      hold_(loop, [this] { flush_held(); }) {}

void Settlement::add(Outcome outcome) {
  const auto queue = outcome.delivery.batch->queue;
  if (queue >= added_.size()) {
    added_.resize(queue + 1);
    counters_.resize(queue + 1);
  }
  count(outcome);
  ++added_count_;
  intake_.end(outcome.delivery);
  whole_batches_.add(std::move(outcome), added_[queue]);
}

const Settlement::Counters& Settlement::counters(std::size_t queue) const {
  static const Counters kNone;
  return queue < counters_.size() ? counters_[queue] : kNone;
}

void Settlement::flush_held() {
  whole_batches_.take_all(added_);
  flush();
}

void Settlement::flush() {
  if (added_count_ == 0) return;
  for (std::size_t queue = 0; queue < added_.size(); ++queue) flush_queue(queue);
  if (!whole_batches_.is_empty() && !hold_.is_active()) hold_.start(kHold);
}

void Settlement::flush_queue(std::size_t queue) {
  auto outcomes = std::exchange(added_[queue], {});
  added_count_ -= outcomes.size();
  Sent sent{.queue = queue};
  std::vector<Delivery> untouched;
  for (auto& outcome : outcomes) {
    if (outcome.kind == Outcome::Kind::kUntouched) {
      untouched.push_back(std::move(outcome.delivery));
      continue;
    }
    append(sent, std::move(outcome));
    if (sent.bytes >= kCallBytes) dispatch(std::exchange(sent, Sent{.queue = queue}));
  }
  dispatch(std::move(sent));
  if (!untouched.empty()) intake_.release_untouched(untouched);
}

void Settlement::append(Sent& sent, Outcome outcome) {
  auto& batch = *outcome.delivery.batch;
  const auto index = index_of(sent.command, batch.key);
  sent.bytes += outcome.response.size() + outcome.dead_letter.size();
  if (!outcome.dead_letter.empty()) intake_.queues()[sent.queue]->note_dead();
  const bool is_move = !outcome.waiting_database.empty();
  if (is_move) {
    outcome.channel.clear();  // it is answered when it has waited too long
    outcome.response.clear();
    sent.moves.push_back(outcome.delivery.database);
  }
  if (outcome.is_plain()) {
    add_plain(sent.command, index, outcome.delivery.position);
  } else {
    sent.command.positions.push_back({index, outcome.delivery.position, std::move(outcome.channel),
                                      std::move(outcome.response), std::move(outcome.dead_letter),
                                      outcome.delay_until ? seconds_text(*outcome.delay_until) : "",
                                      std::move(outcome.waiting_database)});
  }
  if (--batch.unsettled == 0) sent.command.through.push_back(index);
  sent.deliveries.push_back(std::move(outcome.delivery));
}

void Settlement::dispatch(Sent sent) {
  if (sent.deliveries.empty()) return;
  sent.command.letter_head = letter_head(instance_id_);
  crash_point("before_settle");
  if (!sent.moves.empty()) crash_point("moving");
  send(sent_.insert(sent_.end(), std::move(sent)));
}

void Settlement::send(std::list<Sent>::iterator sent) {
  auto& store = intake_.queues()[sent->queue]->store();
  if (!store.is_up()) return;  // control_up() sends it
  sent->generation = generation_;
  store.settle(sent->command,
               [this, sent](const SettleAnswer& answer) { acknowledged(sent, answer); });
}

void Settlement::acknowledged(std::list<Sent>::iterator sent, const SettleAnswer& answer) {
  if (!answer.is_ok) {
    if (!std::exchange(is_fault_logged_, true)) {
      log_.error("settling failed, trying again", {{"reason", answer.error}});
    }
    sent->generation = 0;
    retry_.start(kRetry);
    return;
  }
  is_fault_logged_ = false;
  crash_point("after_settle");
  acknowledged_at_ = running_time();
  counters_[sent->queue].refused_replies += answer.refused_replies.size();
  auto& queue = *intake_.queues()[sent->queue];
  for (const auto place : answer.refused_replies) log_refused_reply(*sent, place);
  for (const auto index : sent->command.through) {
    const auto& key = sent->command.batches[index];
    const bool is_removed =
        std::find(answer.remaining.begin(), answer.remaining.end(), key) == answer.remaining.end();
    close_batch(*sent, key, is_removed);
  }
  if (answer.delayed > 0) queue.delays().look();
  auto deliveries = std::move(sent->deliveries);
  const auto moves = std::move(sent->moves);
  const auto from = sent->queue;
  sent_.erase(sent);
  for (const auto database : moves) on_moved_(from, database);
  intake_.release(deliveries);
  on_acknowledged_();
}

void Settlement::log_refused_reply(const Sent& sent, std::size_t place) const {
  if (place >= sent.command.positions.size()) return;
  const auto& item = sent.command.positions[place];
  const auto& batch = sent.command.batches[item.batch];
  const auto found =
      std::find_if(sent.deliveries.begin(), sent.deliveries.end(), [&](const Delivery& delivery) {
        return delivery.position == item.position && delivery.batch->key == batch;
      });
  if (found == sent.deliveries.end()) return;
  // Its envelope is still there to say whose it is.
  const auto decoded = decode_request(found->envelope, found->envelope.size());
  const auto* request = std::get_if<Request>(&decoded);
  if (request == nullptr) return;
  RequestFields fields(*found, *request, {});
  log_.write(Log::Level::kWarning, "response dropped: RCHANNEL holds something else",
             fields.add("rchannel", request->rchannel));
}

// A batch that should be through and is not: either another call for it is still to be repeated,
// which will remove it, or it holds something that nobody here has seen.
void Settlement::close_batch(const Sent& sent, const std::string& key, bool is_removed) {
  auto& queue = *intake_.queues()[sent.queue];
  if (is_removed) return queue.forget(key);
  for (auto& other : sent_) {
    const auto& batches = other.command.batches;
    if (&other == &sent || other.queue != sent.queue) continue;
    const auto found = std::find(batches.begin(), batches.end(), key);
    if (found == batches.end()) continue;
    other.command.through.push_back(static_cast<std::size_t>(found - batches.begin()));
    return;
  }
  queue.read_again(key);
}

void Settlement::control_down() {
  ++generation_;
  retry_.stop();
}

void Settlement::control_up() { resend(); }

// All that the connection at hand has not been asked for.
void Settlement::resend() {
  for (auto sent = sent_.begin(); sent != sent_.end(); ++sent) {
    if (sent->generation != generation_) send(sent);
  }
}

// What only moves on has not ended.
void Settlement::count(const Outcome& outcome) {
  if (outcome.kind != Outcome::Kind::kSettled) return;
  auto& counters = counters_[outcome.delivery.batch->queue];
  if (outcome.delay_until) {
    ++counters.delayed;
    return;
  }
  if (!outcome.waiting_database.empty()) {
    add_at(counters.diverted, outcome.delivery.database);
    return;
  }
  counters.response_bytes += outcome.response.size();
  add_at(counters.ended[static_cast<std::size_t>(end_of(outcome))], error_place(outcome.error));
}

}  // namespace sqlbus
