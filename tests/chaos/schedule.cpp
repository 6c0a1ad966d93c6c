#include "tests/chaos/schedule.hpp"

#include <algorithm>
#include <iterator>
#include <random>

#include "tests/chaos/world.hpp"

namespace sqlbus::chaos {
namespace {

using std::chrono::milliseconds;

class Draw {
 public:
  explicit Draw(const Options& options)
      : random_(options.seed),
        has_server_(options.store != Store::kSqlite),
        has_sessions_(options.store == Store::kPostgres) {}

  Wave wave(int round) {
    Wave wave{.round = round, .blows = {daemon_blow()}};
    if (below(100) < 70) wave.blows.push_back(server_blow());
    // One that ends may need the server for it: it is waited for behind the server's return.
    Blow& first = wave.blows.front();
    if (first.harm == Harm::kEnd)
      first.length = std::max(first.end(), wave.blows.back().end()) - first.at;
    if (below(100) < 40) wave.blows.push_back(reload());
    return wave;
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  milliseconds between(int least, int most) { return milliseconds{least + below(most - least)}; }

  // A daemon that is stopped stays so for longer than the lease, so that another one takes over
  // while it believes to own the queue.
  Blow daemon_blow() {
    constexpr Target kTargets[] = {Target::kOwner, Target::kOwner, Target::kStandby,
                                   Target::kBothDaemons};
    constexpr Harm kHarms[] = {Harm::kKill, Harm::kKill, Harm::kKill, Harm::kStop, Harm::kEnd};
    Blow blow{.target = kTargets[below(static_cast<int>(std::size(kTargets)))],
              .harm = kHarms[below(static_cast<int>(std::size(kHarms)))],
              .at = between(200, 900)};
    blow.length = blow.harm == Harm::kStop ? between(1300, 2500) : between(0, 1500);
    return blow;
  }

  Blow reload() {
    return {.target = below(3) == 0 ? Target::kBothDaemons : Target::kOwner,
            .harm = Harm::kReload,
            .at = between(0, 2500)};
  }

  Blow server_blow() {
    if (below(4) == 0) {
      return {.target = Target::kDatabase,
              .harm = Harm::kLock,
              .at = between(0, 1500),
              .length = between(50, 2500)};
    }
    if (has_sessions_ && below(4) == 0) {
      return {.target = Target::kSessions,
              .harm = Harm::kStop,
              .at = between(0, 1500),
              .length = between(50, 2500)};
    }
    return {.target = has_server_ && below(2) == 0 ? Target::kServer : Target::kRedis,
            .harm = below(2) == 0 ? Harm::kStop : Harm::kKill,
            .at = between(0, 1500),
            .length = between(50, 1800)};
  }

  std::mt19937_64 random_;
  bool has_server_;
  bool has_sessions_;
};

int kills_of(const Blow& blow) {
  if (blow.harm != Harm::kKill) return 0;
  if (blow.target == Target::kBothDaemons) return 2;
  return blow.target == Target::kOwner || blow.target == Target::kStandby ? 1 : 0;
}

}  // namespace

bool Wave::harms(Target target) const {
  return std::any_of(blows.begin(), blows.end(),
                     [target](const Blow& blow) { return blow.target == target; });
}

std::vector<Wave> make_schedule(const Options& options) {
  Draw draw(options);
  std::vector<Wave> waves;
  int kills = 0;
  for (int round = 1; round <= options.rounds; ++round) {
    for (int i = 0; i < kWavesPerRound; ++i) {
      waves.push_back(draw.wave(round));
      kills += kills_of(waves.back().blows.front());
    }
  }
  for (; kills <= kDeliveriesMax; kills += 2) {
    waves.push_back({.round = options.rounds,
                     .blows = {{.target = Target::kBothDaemons, .at = milliseconds{300}}}});
  }
  return waves;
}

std::string_view to_string(Harm harm) {
  switch (harm) {
    case Harm::kKill:
      return "SIGKILL";
    case Harm::kStop:
      return "SIGSTOP";
    case Harm::kEnd:
      return "SIGTERM";
    case Harm::kLock:
      return "lock";
    case Harm::kReload:
      return "SIGHUP";
  }
  return "";
}

std::string_view to_string(Target target) {
  switch (target) {
    case Target::kOwner:
      return "the owner";
    case Target::kStandby:
      return "the stand-by";
    case Target::kBothDaemons:
      return "both daemons";
    case Target::kRedis:
      return "Redis";
    case Target::kServer:
      return "the database server";
    case Target::kSessions:
      return "PostgreSQL's sessions";
    case Target::kDatabase:
      return "the table";
  }
  return "";
}

std::string describe(const Blow& blow) {
  return std::string(to_string(blow.harm)) + " " + std::string(to_string(blow.target)) + " at " +
         std::to_string(blow.at.count()) + " ms, for " + std::to_string(blow.length.count()) +
         " ms";
}

}  // namespace sqlbus::chaos
