#include "daemon/lane/lane.hpp"

#include <algorithm>
#include <utility>

#include "daemon/crash_point.hpp"
#include "daemon/session/session_options.hpp"

namespace sqlbus {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kHold{20};  // while nobody knows whether the queue is still ours
// SQLSTATEs of a disk that is full, of memory that is used up.
constexpr std::string_view kShortage = "53";
constexpr std::chrono::minutes kShortageOver{1};
// Requests whose failures are remembered while they wait; beyond it they begin anew.
constexpr std::size_t kFailuresMax = 10000;

// Below the lease: a daemon that hangs in a transaction holds no lock when another takes over.
milliseconds idle_limit(const LimitSettings& limits) { return limits.lease * 3 / 4; }

// "sqlbus:<instance>:<lane>"
std::string_view lane_of(std::string_view application) {
  return application.substr(application.rfind(':') + 1);
}

SqlRules rules_of(const sqlbus_driver& driver) {
  return std::string_view(driver.name) == "postgres" ? SqlRules::kPostgres : SqlRules::kAny;
}

}  // namespace

Lane::Lane(const House& house, const Limits& limits, DatabaseSettings database,
           const Driver& driver, Duty duty, Names names)
    : house_(house),
      limits_(limits),
      database_(std::move(database)),
      duty_(duty),
      name_(std::move(names.log)),
      driver_(*driver.table),
      options_(session_options(database_, idle_limit(limits), names.application)),
      statements_(house.log, database_.name, std::string(lane_of(names.application)),
                  rules_of(driver_), limits_.slow_statement),
      watch_([this] { cancel(); }),
      runner_({limits_, database_, house.clock, house.concluder, watch_,
               [this](std::vector<Outcome> outcomes) {
                 backoff_.reset();
                 post(std::move(outcomes));
               },
               &statements_, house.metrics}),
      lone_query_(house.loop, runner_, watch_, house.clock, limits_,
                  {.on_done =
                       [this](std::vector<Outcome> outcomes) {
                         jobs_.give_back();
                         house_.outcomes.put_all(std::move(outcomes));
                         house_.on_done();
                       },
                   .on_left = [this](Job job) { jobs_.give_back(std::move(job)); }}),
      keeper_(database_, house.clock, house.ledger_floor_us),
      thread_([this] { run(); }) {}

Lane::~Lane() { thread_.join(); }

void Lane::cancel() {
  const std::lock_guard lock(session_mutex_);
  if (session_) session_->cancel();
}

bool Lane::try_query(Job& job) {
  const bool can_step = (driver_.capabilities & SQLBUS_CAN_STEP) != 0;
  if (!can_step || job.admitted.mode != Admitted::Mode::kQuery || job.may_be_applied())
    return false;
  if (!jobs_.try_borrow()) return false;
  take_limits();
  if (may_query(job) && lone_query_.start(*session_, job)) return true;
  jobs_.give_back();
  return false;
}

// What asks for more than to be run is left to the thread.
bool Lane::may_query(const Job& job) const {
  const auto& deadline = job.request().deadline;
  const bool is_over = deadline && house_.clock.now() >= *deadline;
  return job.admitted.delivery.batch->may_act() && !is_over && !must_wait(job) &&
         failures_.empty() && dead_instances_.is_empty();
}

void Lane::run() {
  while (!jobs_.is_closed()) {
    if (!session_ && steady_clock::now() >= next_connect_) connect();
    gather();
    if (!jobs_.is_closed()) work();
  }
  if (runner_.is_committing()) run_group(nullptr);
  give_back();
  {
    const std::lock_guard lock(session_mutex_);
    session_.reset();
  }
  has_ended_.store(true, std::memory_order_release);
  house_.on_news();
}

void Lane::take_limits() {
  for (const auto& limits : new_limits_.take()) limits_ = limits;
}

// While a COMMIT is on its way nothing but the next group may use the session.
void Lane::work() {
  if (session_) {
    const bool is_keeping = keeps_ledger() && keeper_.is_due(runner_.remembered());
    const bool has_care = is_keeping || !dead_instances_.is_empty();
    if (runner_.is_committing() && (has_care || backlog_.turn() == nullptr)) run_group(nullptr);
    if (session_ && is_keeping) keep_ledger();
    if (session_ && !runner_.is_committing()) end_dead_sessions();
    if (auto* turn = session_ ? backlog_.turn() : nullptr) run_group(turn);
  } else if (reach() == Reach::kDown) {
    send_all_to_wait();
  }
}

// Takes what has come; waits for it only where there is nothing to do before.
void Lane::gather() {
  const bool has_work = session_ && (backlog_.turn() != nullptr || runner_.is_committing());
  const auto until = !session_        ? next_connect_
                     : keeps_ledger() ? keeper_.next_at()
                                      : TimePoint::max();
  auto jobs = has_work ? jobs_.take() : session_ ? jobs_.lend(until) : jobs_.wait(until);
  take_limits();
  std::vector<Outcome> outcomes;
  for (auto& job : jobs) {
    if (must_wait(job)) {
      send_to_wait(std::move(job), outcomes);
      continue;
    }
    if (const auto found = failures_.find(job.request().uuid.view()); found != failures_.end()) {
      job.failures = found->second;
      failures_.erase(found);
    }
    backlog_.add(std::move(job));
  }
  post(std::move(outcomes));
}

// An earlier one of the same queue has been sent to wait: it may not be overtaken.
bool Lane::must_wait(const Job& job) const {
  const auto queue = job.admitted.delivery.batch->queue;
  return job.is_direct() && queue < waiting_epochs_.size() && job.epoch <= waiting_epochs_[queue];
}

void Lane::connect() {
  auto connected = Session::connect(driver_, options_);
  if (auto* fault = std::get_if<DriverFault>(&connected)) return lose(*fault, Reach::kDown);
  // A pooler may answer for a server that is down: what fails later is then no request's fault.
  auto& session = std::get<Session>(connected);
  bool is_writable = false;
  auto fault = session.ping(is_writable);
  if (!fault && !is_writable && database_.target == DatabaseSettings::Target::kPrimary) {
    fault = DriverFault{ErrorClass::kConnection, "25006", 0,
                        "the server takes no writes, and target is primary"};
  }
  if (!fault) open_ledger(session, fault);
  if (fault) return lose(*fault, Reach::kDown);
  {
    const std::lock_guard lock(session_mutex_);
    session_.emplace(std::move(session));
  }
  runner_.use_ledger(has_ledger_);
  logged_loss_.clear();
  house_.metrics->connects.add();
  fault_.set({});
  tell(Reach::kUp);
  house_.log.info("database connected", {{"database", name_},
                                         {"dbtype", session_->dbtype()},
                                         {"exactly_once", has_ledger_ ? "yes" : "no"}});
}

// Where the ledger cannot be, the database is at-least-once, and that is said.
void Lane::open_ledger(Session& session, MaybeFault& fault) {
  has_ledger_ = false;
  if (!database_.exactly_once) return;
  LedgerTable table(session);
  std::string reason = "the driver keeps no ledger";
  if (table.is_supported()) {
    fault = table.create();
    // Other sessions may be making it at this moment: a lane by itself without it would be worse
    // than a database without it, so only what happens again is believed.
    if (fault && is_permanent(*fault)) fault = table.create();
    if (!fault) has_ledger_ = true;
    if (!fault || !is_permanent(*fault)) return;
    reason = std::exchange(fault, std::nullopt)->message;
  }
  if (std::exchange(is_unprotected_logged_, true)) return;
  house_.log.warning("at least once: requests that a crash interrupts may take effect twice",
                     {{"database", name_}, {"reason", reason}});
}

void Lane::lose(const DriverFault& fault, Reach reach) {
  {
    const std::lock_guard lock(session_mutex_);
    session_.reset();
  }
  house_.metrics->losses.add();
  fault_.set(fault.message);
  if (reach == Reach::kDown) tell(reach);
  next_connect_ = steady_clock::now() + backoff_.next(limits_.retry_base, limits_.retry_cap);
  if (std::exchange(logged_loss_, fault.message) == fault.message) return;
  house_.log.error("database not available, its requests wait",
                   {{"database", name_}, {"sqlstate", fault.sqlstate}, {"reason", fault.message}});
}

void Lane::tell(Reach reach) {
  if (reach_.exchange(reach, std::memory_order_relaxed) != reach) house_.on_news();
}

void Lane::end_dead_sessions() {
  for (const auto& instance : dead_instances_.take()) {
    std::size_t ended = 0;
    if (auto fault = session_->terminate(instance, ended)) {
      house_.log.warning("sessions of a lost daemon could not be ended",
                         {{"database", name_}, {"reason", fault->message}});
      if (fault->cls == ErrorClass::kConnection) {
        dead_instances_.put(instance);
        return lose(*fault, Reach::kUp);
      }
    }
    if (ended == 0) continue;
    house_.log.warning("ended database sessions of a lost daemon",
                       {{"database", name_}, {"sessions", std::to_string(ended)}});
  }
}

// Without a turn: the end of the group before.
void Lane::run_group(Turn* turn) {
  std::vector<Outcome> outcomes;
  const auto next = turn != nullptr ? runner_.run(*session_, *turn, outcomes)
                                    : runner_.finish(*session_, outcomes);
  post(std::move(outcomes));
  switch (next) {
    case GroupRunner::Next::kGoOn:
      if (!runner_.is_committing()) backoff_.reset();
      return;
    case GroupRunner::Next::kHold:
      return jobs_.rest(kHold);
    case GroupRunner::Next::kRest:
      note_shortage(runner_.fault());
      return jobs_.rest(backoff_.next(limits_.retry_base, limits_.retry_cap));
    case GroupRunner::Next::kReplace:
      return lose(runner_.fault(), Reach::kUp);
    case GroupRunner::Next::kDown:
      return lose(runner_.fault(), Reach::kDown);
  }
}

// It is there, and takes what needs no more room: nothing else would tell of it until requests are
// given up. The log says it once; one that comes back after a while is another one.
void Lane::note_shortage(const DriverFault& fault) {
  if (!fault.sqlstate.starts_with(kShortage)) return;
  const auto now = steady_clock::now();
  const bool is_logged = logged_shortage_ == fault.sqlstate && now - short_at_ < kShortageOver;
  short_at_ = now;
  if (is_logged) return;
  logged_shortage_ = fault.sqlstate;
  house_.log.warning(
      "database is short of something, what fails is tried again",
      {{"database", name_}, {"sqlstate", fault.sqlstate}, {"reason", fault.message}});
}

void Lane::keep_ledger() {
  std::string warning;
  if (auto fault = keeper_.step(*session_, runner_.remembered(), warning)) {
    if (fault->cls == ErrorClass::kTransient) return;
    return lose(*fault, Reach::kUp);
  }
  if (warning.empty()) return;
  house_.log.warning(
      warning, {{"database", name_}, {"rows_max", std::to_string(database_.ledger_rows_max)}});
}

// Direct ones go to the tail of the waiting list, the others back to the head of where they came
// from, which their batch knows.
void Lane::send_to_wait(Job job, std::vector<Outcome>& outcomes) {
  auto& delivery = job.admitted.delivery;
  if (job.failures > 0 && failures_.size() < kFailuresMax) {
    failures_[job.request().uuid.str()] = job.failures;
  }
  if (!job.is_direct() || job.is_gone()) {
    outcomes.push_back({.delivery = std::move(delivery), .kind = Outcome::Kind::kUntouched});
    return;
  }
  const auto queue = delivery.batch->queue;
  if (queue >= waiting_epochs_.size()) waiting_epochs_.resize(queue + 1);
  waiting_epochs_[queue] = std::max(waiting_epochs_[queue], job.epoch);
  const auto patience = house_.clock.now() + limits_.response_timeout;
  outcomes.push_back(house_.concluder.wait(std::move(delivery), job.request(), database_.name,
                                           job.request().deadline.value_or(patience)));
}

void Lane::send_all_to_wait() {
  std::vector<Outcome> outcomes;
  for (auto& job : backlog_.extract([](const Job&) { return true; })) {
    send_to_wait(std::move(job), outcomes);
  }
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
