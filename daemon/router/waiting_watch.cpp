#include "daemon/router/waiting_watch.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/settlement/request_fields.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {
namespace {

constexpr std::int64_t kChunk = 500;
// The clock of Redis may be set while we wait; also the pause while it is out of reach.
constexpr milliseconds kLongest{10000};

}  // namespace

WaitingWatch::WaitingWatch(EventLoop& loop, const Settings& settings, const BusClock& clock,
                           const Concluder& concluder, Intake& intake, Log& log)
    : settings_(settings),
      clock_(clock),
      concluder_(concluder),
      intake_(intake),
      log_(log),
      timer_(loop, [this] { answer_due(); }) {}

void WaitingWatch::add(const Outcome& outcome) {
  if (!outcome.answer_at || outcome.channel.empty()) return;
  const auto& delivery = outcome.delivery;
  entries_.emplace(*outcome.answer_at,
                   Entry{delivery.batch->queue,
                         {outcome.waiting_database, std::string(delivery.envelope), outcome.channel,
                          outcome.response}});
  schedule();
}

void WaitingWatch::look(std::size_t queue, std::size_t database) { look_on(queue, database, 0); }

// While its database is down nothing leaves the list at its head but by us, so that positions from
// there stay; a feed that takes some makes us miss none that still waits for long.
void WaitingWatch::look_on(std::size_t queue, std::size_t database, std::int64_t first) {
  auto& store = intake_.queues()[queue]->store();
  if (!store.is_up()) return;
  store.read_waiting(settings_.databases[database].name, first, kChunk,
                     [this, queue, database, first](const std::vector<std::string>& envelopes) {
                       for (const auto& envelope : envelopes) add_found(queue, database, envelope);
                       if (std::ssize(envelopes) == kChunk) {
                         look_on(queue, database, first + kChunk);
                       }
                     });
}

void WaitingWatch::add_found(std::size_t queue, std::size_t database, const std::string& envelope) {
  const auto decoded = decode_request(envelope, settings_.limits.request_max);
  const auto* request = std::get_if<Request>(&decoded);
  if (request == nullptr || !request->sync) return;
  const auto& name = settings_.databases[database].name;
  const auto patience = clock_.now() + settings_.redis.response_timeout;
  auto outcome = concluder_.wait({}, *request, name, request->deadline.value_or(patience));
  entries_.emplace(
      *outcome.answer_at,
      Entry{queue, {name, envelope, std::move(outcome.channel), std::move(outcome.response)}});
  schedule();
}

void WaitingWatch::forget(std::size_t queue) {
  std::erase_if(entries_, [queue](const auto& entry) { return entry.second.queue == queue; });
}

void WaitingWatch::schedule() {
  if (entries_.empty()) return timer_.stop();
  const auto left = std::chrono::duration_cast<milliseconds>(
      std::max<std::chrono::microseconds>(entries_.begin()->first - clock_.now(), {}));
  timer_.start(std::min(left + milliseconds(1), kLongest));
}

void WaitingWatch::answer_due() {
  const auto now = clock_.now();
  for (auto it = entries_.begin(); it != entries_.end() && it->first <= now;) {
    auto& queue = *intake_.queues()[it->second.queue];
    if (!queue.store().is_up()) return timer_.start(kLongest);
    const auto entry = std::move(it->second);
    it = entries_.erase(it);
    queue.store().answer_waiting(entry.answer, [this, &queue, entry](bool has_waited) {
      if (!has_waited) return;
      queue.note_unavailable();
      log_answered(entry);
    });
  }
  schedule();
}

void WaitingWatch::log_answered(const Entry& entry) const {
  if (!log_.is_enabled(Log::Level::kInfo)) return;
  const auto decoded = decode_request(entry.answer.envelope, entry.answer.envelope.size());
  const auto* request = std::get_if<Request>(&decoded);
  if (request == nullptr) return;
  RequestFields fields({}, *request, entry.answer.database);
  fields.add("queue", intake_.queues()[entry.queue]->queue());
  fields.add("errorid", static_cast<int>(ErrorId::kDatabaseUnavailable));
  log_.write(Log::Level::kInfo, "request failed", fields.add("reason", "it has waited too long"));
}

}  // namespace sqlbus
