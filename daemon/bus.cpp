#include "daemon/bus.hpp"

#include <thread>
#include <utility>

#include "daemon/config/fingerprint.hpp"
#include "daemon/config/settings_text.hpp"

namespace sqlbus {
namespace {

// How long a cancelled statement has to end, at the end of a drain.
constexpr milliseconds kCancelGrace{2000};
constexpr int kFloorLeases = 10;

}  // namespace

Bus::Bus(EventLoop& loop, Settings settings, Log& log, const InstanceFacts& instance,
         const std::vector<Driver>& drivers, Events events)
    : loop_(loop),
      settings_(std::move(settings)),
      log_(log),
      instance_(instance),
      events_(std::move(events)),
      concluder_(instance.id, clock_, &log_),
      admission_(settings_, clock_, concluder_,
                 [this](std::string_view channel) { return intake_.has_key(channel); }),
      wakeup_(loop, [this] { take_outcomes(); }),
      before_wait_(loop, [this] { flush(); }),
      drain_limit_(loop, [this] { drain_late(); }),
      control_(loop, settings_, log, "sqlbus-control", RedisLink::Purpose::kScripts,
               {.on_up = [this] { control_up(); }, .on_down = [this] { control_down(); }}),
      intake_({loop, settings_, instance_, clock_, log, control_},
              {.on_delivery = [this](Delivery delivery) { deliver(std::move(delivery)); },
               .on_delivered = [this] { flush(); },
               .is_query = [this](std::string_view envelope) { return may_go_aside(envelope); },
               .on_queue_added = [this](std::size_t queue) { detours_.add_queue(queue); }}),
      settlement_(
          loop, intake_, log, instance.id, [this] { drain_step(); },
          [this](std::size_t queue, std::size_t database) { detours_.moved(queue, database); }),
      floor_watch_(loop, [this] { set_ledger_floor(); }),
      detours_(loop, {settings_, clock_, concluder_, log, intake_, router_, settlement_}),
      loop_lag_(loop),
      service_(loop, sources(), report_, control_, log) {
  instance_.status = [this] { return report_.note(sources()); };
  for (std::size_t i = 0; i < settings_.databases.size(); ++i) set_lanes(i, drivers[i]);
}

void Bus::reload(Settings settings, const std::map<std::size_t, Driver>& drivers) {
  settings_ = std::move(settings);
  instance_.fingerprint = fingerprint_of(settings_);
  router_.set_limits(Lane::Limits(settings_));
  for (const auto& [database, driver] : drivers) {
    set_lanes(database, driver);
    if (const auto count = router_.ending(database); count > 0) {
      log_.info(
          "database changes when what runs there has ended",
          {{"database", settings_.databases[database].name}, {"requests", std::to_string(count)}});
    }
  }
  intake_.set_queues(settings_.redis.queues);
  detours_.add_databases();
  intake_.step_all();
  service_.listen();
}

void Bus::note_reload(bool is_taken, const std::string& report, std::chrono::nanoseconds begun) {
  ++(is_taken ? reloads_.taken : reloads_.refused);
  const auto number = reloads_.taken + reloads_.refused;
  instance_.settings = settings_text(settings_);
  instance_.reload = std::to_string(number) + (is_taken ? " taken\n" : " refused\n") + report;
  instance_.reloaded_at = std::to_string(begun.count());
  for (auto& queue : intake_.queues()) queue->tell_again();
}

void Bus::set_lanes(std::size_t database, const Driver& driver) {
  while (database_counts_.size() <= database) {
    database_counts_.push_back(std::make_unique<DatabaseCounts>());
  }
  router_.set_lanes(database, [this, database, settings = settings_.databases[database], driver] {
    if (settings.is_removed) return Router::Lanes{};
    auto made = make_lanes(settings, driver, database_counts_[database]->lanes);
    log_.info("database begins",
              {{"database", settings.name}, {"lanes", std::to_string(made.lanes.size())}});
    return made;
  });
}

Router::Lanes Bus::make_lanes(const DatabaseSettings& database, const Driver& driver,
                              LaneMetricsPool& metrics) {
  Router::Lanes made;
  const Lane::Limits limits(settings_);
  const auto house = [&] {
    return Lane::House{clock_,
                       concluder_,
                       log_,
                       outcomes_,
                       [this] { wakeup_.notify(); },
                       [this] { take_outcomes(); },
                       loop_,
                       ledger_floor_us_,
                       metrics.lend()};
  };
  const auto application = "sqlbus:" + instance_.id + ":";
  for (std::size_t i = 0; i < lane_count(database, driver); ++i) {
    made.lanes.push_back(std::make_unique<Lane>(
        house(), limits, database, driver, Lane::Duty::kAll,
        Lane::Names{.log = database.name, .application = application + std::to_string(i)}));
  }
  const bool can_step = (driver.table->capabilities & SQLBUS_CAN_STEP) != 0;
  if (database.query_connection && can_step) {
    made.aside = std::make_unique<Lane>(
        house(), limits, database, driver, Lane::Duty::kQueries,
        Lane::Names{.log = database.name + ":query", .application = application + "query"});
  }
  return made;
}

// Lanes that write to one SQLite file would only wait for each other.
std::size_t Bus::lane_count(const DatabaseSettings& database, const Driver& driver) const {
  const bool has_one_writer = std::string_view(driver.table->name) == "sqlite";
  if (!has_one_writer || database.lanes == 1) return database.lanes;
  log_.warning("SQLite has one writer: lanes is 1", {{"database", database.name}});
  return 1;
}

void Bus::start() {
  set_ledger_floor();
  loop_lag_.start();
  service_.listen();
  control_.open();
  intake_.open();
}

void Bus::control_up() {
  look_at_server();
  has_tried_redis_ = true;
  announce();
  settlement_.control_up();
  if (state_ == State::kHandingBack) return hand_back();  // the answer was lost
  intake_.control_up();
}

void Bus::control_down() {
  has_tried_redis_ = true;
  announce();
  settlement_.control_down();
  intake_.control_down();
}

// Ready means able to serve as soon as what is away comes back, so it is said all the same.
void Bus::announce() {
  std::vector<std::string> down;
  if (state_ != State::kStarting || !has_tried_redis_ || !router_.has_tried(down)) return;
  std::string away = control_.is_up() ? "" : "redis";
  for (const auto& database : down) away += (away.empty() ? "" : ", ") + ("database " + database);
  state_ = State::kRunning;
  events_.on_ready(away.empty() ? "ready" : "ready, degraded: not reachable: " + away);
}

Health Bus::health() const {
  HealthFacts facts{.is_starting = state_ == State::kStarting,
                    .is_stopping = state_ >= State::kDraining,
                    .is_paused = intake_.is_paused(),
                    .is_busy = intake_.inflight() > 0,
                    .progress_at = settlement_.acknowledged_at(),
                    .operate_timeout = settings_.redis.operate_timeout,
                    .lease = settings_.limits.lease,
                    .control = control_.contact()};
  for (const auto& queue : intake_.queues()) {
    if (queue->is_leaving() || queue->is_left()) continue;
    facts.queues.push_back({.name = queue->queue(),
                            .is_owned = queue->is_owner(),
                            .asked_at = queue->ownership().asked_at(),
                            .activity = queue->claimer().activity(),
                            .blocked_reason = queue->claimer().pause_reason(),
                            .blocking = queue->blocking().contact()});
  }
  return judge_health(facts, running_time());
}

Readiness Bus::readiness() const {
  Readiness readiness{.is_ready = state_ == State::kRunning && control_.is_up()};
  if (state_ == State::kStarting) readiness.away.emplace_back("start");
  if (state_ >= State::kDraining) readiness.away.emplace_back("stopping");
  if (!control_.is_up()) readiness.away.emplace_back("redis");
  for (std::size_t i = 0; i < settings_.databases.size(); ++i) {
    const auto& database = settings_.databases[i];
    if (database.is_removed || router_.is_up(i)) continue;
    readiness.away.push_back("database " + database.name);
    if (database.name == settings_.default_database) readiness.is_ready = false;
  }
  return readiness;
}

StatusSources Bus::sources() {
  return {.settings = settings_,
          .instance = instance_,
          .clock = clock_,
          .log = log_,
          .control = control_,
          .intake = intake_,
          .settlement = settlement_,
          .router = router_,
          .databases = database_counts_,
          .loop_lag = loop_lag_,
          .reloads = reloads_,
          .health = [this] { return health(); },
          .readiness = [this] { return readiness(); }};
}

// What a queue needs of its server, said at each connect since it may be another server now.
void Bus::look_at_server() {
  const auto& server = control_.server();
  if (!server.maxmemory_policy.empty() && server.maxmemory_policy != "noeviction") {
    log_.warning("redis may evict requests: set maxmemory-policy noeviction",
                 {{"maxmemory_policy", server.maxmemory_policy}});
  }
  if (!server.has_aof) {
    log_.warning("redis does not keep its data over a crash: set appendonly yes");
  }
  if (server.is_replica) log_.error("redis is a replica and takes no writes");
}

void Bus::deliver(Delivery delivery) {
  auto admitted = admission_.admit(std::move(delivery));
  if (auto* outcome = std::get_if<Outcome>(&admitted)) {
    return settlement_.add(std::move(*outcome));
  }
  detours_.route(std::get<Admitted>(std::move(admitted)));
}

bool Bus::may_go_aside(std::string_view envelope) {
  if (envelope.empty() || state_ == State::kDraining) return false;
  const auto database = admission_.database_of_query(envelope);
  return database && router_.has_aside(*database);
}

// What has come together in this turn of the loop goes on together.
void Bus::flush() {
  router_.flush();
  settlement_.flush();
  drain_step();  // what was given back untouched needs no acknowledgement
}

// What the ledgers may forget: nothing younger than the oldest batch that is not settled, here or
// with another daemon, whose lease tells how old its batches can be.
void Bus::set_ledger_floor() {
  floor_watch_.start(settings_.limits.lease);
  const auto lease = settings_.limits.lease * kFloorLeases;
  auto floor_us = (clock_.now() - lease).time_since_epoch().count();
  for (auto& queue : intake_.queues()) floor_us = queue->oldest_us(floor_us);
  ledger_floor_us_ = floor_us;
}

void Bus::take_outcomes() {
  router_.remove_ended();
  for (auto& outcome : outcomes_.take()) {
    auto freed = router_.ended(outcome.delivery);
    database_counts_[outcome.delivery.database]->count(outcome);
    detours_.take(outcome);
    settlement_.add(std::move(outcome));
    for (auto& admitted : freed) detours_.route(std::move(admitted));
  }
  detours_.flush_held();
  settlement_.flush();  // ahead of the claims that it makes room for
  intake_.step_all();   // a database may be back
  announce();
}

void Bus::drain() {
  if (state_ == State::kDraining || state_ == State::kHandingBack) return;
  state_ = State::kDraining;
  drain_limit_.start(settings_.limits.drain_timeout);
  intake_.stop();
  give_back_held();
  router_.stop();
  wakeup_.notify();
}

// Their lanes will take nothing more. The order they go back in is that of their batches.
void Bus::give_back_held() {
  for (auto held : {router_.take_held(), detours_.take_held()}) {
    for (auto& admitted : held) {
      settlement_.add(
          {.delivery = std::move(admitted.delivery), .kind = Outcome::Kind::kUntouched});
    }
  }
}

// After each outcome and each acknowledgement: is everything in?
void Bus::drain_step() {
  if (state_ != State::kDraining) return;
  if (intake_.inflight() == 0 && settlement_.is_idle()) hand_back();
}

// What still runs is cancelled, and then left behind: its batch goes back with the rest.
void Bus::drain_late() {
  if (!std::exchange(has_cancelled_, true)) {
    log_.warning("drain_timeout has passed: cancelling what runs",
                 {{"requests", std::to_string(intake_.inflight())}});
    // A driver may have to ask its server, which may not answer: not on the loop's time.
    std::thread([this] { router_.cancel(); }).detach();
    return drain_limit_.start(kCancelGrace);
  }
  if (state_ == State::kDraining && control_.is_up()) return hand_back();
  finish(is_clean());
}

// No statement and no cancelling thread is left that would hold us up.
bool Bus::is_clean() {
  router_.remove_ended();
  return intake_.inflight() == 0 && !has_cancelled_ && !router_.has_leaving();
}

void Bus::hand_back() {
  state_ = State::kHandingBack;
  unanswered_ = 0;
  drain_limit_.start(kCancelGrace);
  for (auto& queue : intake_.queues()) {
    if (queue->is_left()) continue;
    if (control_.is_up()) ++unanswered_;
    queue->hand_back([this] {
      if (--unanswered_ == 0) finish(is_clean());
    });
  }
  if (unanswered_ == 0) finish(is_clean());
}

void Bus::finish(bool is_clean) {
  if (std::exchange(state_, State::kDone) == State::kDone) return;
  drain_limit_.stop();
  control_.close();
  events_.on_done(is_clean);
}

}  // namespace sqlbus
