#include "daemon/lane/lane.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
namespace {

using std::chrono::steady_clock;

// A DEADLINE may be thousands of years away, which nanoseconds do not count.
constexpr std::chrono::hours kLongestPatience{24 * 365};
constexpr milliseconds kHold{20};  // while nobody knows whether the queue is still ours

Session::Options options_of(const DatabaseSettings& database, std::string application_name) {
  return {{"server", database.server},
          {"port", database.port},
          {"username", database.username},
          {"password", database.password},
          {"database", database.database},
          {"connect_timeout", std::to_string(database.connect_timeout.count())},
          {"application_name", std::move(application_name)}};
}

}  // namespace

Lane::Lane(const House& house, const DatabaseSettings& database, const Driver& driver,
           std::string name, std::string application_name)
    : house_(house),
      name_(std::move(name)),
      driver_(*driver.table),
      options_(options_of(database, std::move(application_name))),
      backlog_(house.settings.redis.queues.size()),
      runner_(house.settings.limits, house.clock, house.concluder),
      backoff_(house.settings.limits.retry_base, house.settings.limits.retry_cap),
      thread_([this] { run(); }) {}

Lane::~Lane() { thread_.join(); }

void Lane::cancel() {
  const std::lock_guard lock(session_mutex_);
  if (session_) session_->cancel();
}

void Lane::run() {
  while (!jobs_.is_closed()) {
    if (!session_ && steady_clock::now() >= next_connect_) connect();
    gather();
    if (jobs_.is_closed()) break;
    if (!session_) {
      answer_unavailable();
    } else if (auto* turn = backlog_.turn()) {
      run_group(*turn);
    }
  }
  give_back();
  const std::lock_guard lock(session_mutex_);
  session_.reset();
}

// Takes what has come; waits for it only where there is nothing to do before.
void Lane::gather() {
  const bool has_work = session_ && backlog_.turn() != nullptr;
  auto jobs = has_work ? jobs_.take() : jobs_.wait(session_ ? TimePoint::max() : next_event());
  for (auto& job : jobs) backlog_.add(std::move(job));
}

// Without a session: the next try to connect, or the end of somebody's patience.
Lane::TimePoint Lane::next_event() const {
  auto next = next_connect_;
  backlog_.for_each([&](const Job& job) { next = std::min(next, patience_of(job)); });
  return next;
}

// Until when the caller of a SYNC request waits for a database that is down.
Lane::TimePoint Lane::patience_of(const Job& job) const {
  if (!job.request().sync) return TimePoint::max();
  if (!job.request().deadline) return job.arrived_at + house_.settings.redis.response_timeout;
  const auto left = *job.request().deadline - house_.clock.now();
  return steady_clock::now() + std::min<std::chrono::microseconds>(left, kLongestPatience);
}

void Lane::connect() {
  auto connected = Session::connect(driver_, options_);
  if (auto* fault = std::get_if<DriverFault>(&connected)) return lose(*fault);
  // A pooler may answer for a server that is down: what fails later is then no request's fault.
  auto& session = std::get<Session>(connected);
  bool is_writable = false;
  if (const auto fault = session.ping(is_writable)) return lose(*fault);
  {
    const std::lock_guard lock(session_mutex_);
    session_.emplace(std::move(session));
  }
  is_loss_logged_ = false;
  backoff_.reset();
  tell(Reach::kUp);
  house_.log.info("database connected", {{"database", name_}, {"dbtype", session_->dbtype()}});
}

void Lane::lose(const DriverFault& fault) {
  {
    const std::lock_guard lock(session_mutex_);
    session_.reset();
  }
  unavailable_ = fault.message;
  tell(Reach::kDown);
  next_connect_ = steady_clock::now() + backoff_.next();
  if (std::exchange(is_loss_logged_, true)) return;
  house_.log.error("database not available, its requests wait",
                   {{"database", name_}, {"sqlstate", fault.sqlstate}, {"reason", fault.message}});
}

void Lane::tell(Reach reach) {
  if (reach_.exchange(reach, std::memory_order_relaxed) != reach) house_.on_news();
}

void Lane::run_group(std::deque<Job>& turn) {
  std::vector<Outcome> outcomes;
  const auto next = runner_.run(*session_, turn, outcomes);
  post(std::move(outcomes));
  switch (next) {
    case GroupRunner::Next::kGoOn:
      return backoff_.reset();
    case GroupRunner::Next::kHold:
      return jobs_.rest(kHold);
    case GroupRunner::Next::kRest:
      return jobs_.rest(backoff_.next());
    case GroupRunner::Next::kReplace:
      return lose(runner_.fault());
  }
}

void Lane::answer_unavailable() {
  const auto now = steady_clock::now();
  std::vector<Outcome> outcomes;
  for (auto& job : backlog_.extract([&](const Job& j) { return j.is_gone(); })) {
    outcomes.push_back(
        {.delivery = std::move(job.admitted.delivery), .kind = Outcome::Kind::kUntouched});
  }
  for (auto& job : backlog_.extract([&](const Job& j) { return patience_of(j) <= now; })) {
    outcomes.push_back(house_.concluder.conclude(
        job.admitted.delivery, job.request(),
        {.error = ErrorId::kDatabaseUnavailable,
         .message = "database " + name_ + " is not available: " + unavailable_},
        nullptr));
  }
  backlog_.for_each([&](Job& job) {
    if (job.admitted.delivery.deliveries == 0 || std::exchange(job.is_parked, true)) return;
    outcomes.push_back({.delivery = job.admitted.delivery, .kind = Outcome::Kind::kParked});
  });
  post(std::move(outcomes));
}

void Lane::give_back() {
  for (auto& job : jobs_.take()) backlog_.add(std::move(job));
  std::vector<Outcome> outcomes;
  for (auto& job : backlog_.extract([](const Job&) { return true; })) {
    outcomes.push_back(
        {.delivery = std::move(job.admitted.delivery), .kind = Outcome::Kind::kUntouched});
  }
  post(std::move(outcomes));
}

void Lane::post(std::vector<Outcome> outcomes) {
  if (outcomes.empty()) return;
  house_.outcomes.put_all(std::move(outcomes));
  house_.on_news();
}

}  // namespace sqlbus
