#include "tests/chaos/killer.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <thread>
#include <utility>

#include "tests/support/eventually.hpp"

namespace sqlbus::chaos {
namespace {

constexpr std::chrono::seconds kSuspectsLimit{30};

}  // namespace

void Killer::run(const std::vector<Wave>& waves) {
  int round = 0;
  for (const Wave& wave : waves) {
    spare_suspects(wave);
    if (std::exchange(round, wave.round) != wave.round) {
      std::cout << "round " << wave.round << ":\n";
    }
    run(wave);
    note_deaths();
  }
}

// A request that is under way at kDeliveriesMax deaths becomes a dead letter, and rightly. Whoever
// could come to that within this wave is settled first; a wave that also takes Redis away for the
// length of a lease may cost two deliveries.
void Killer::spare_suspects(const Wave& wave) {
  const int losses_of_wave = wave.harms(Target::kRedis) ? 2 : 1;
  const int spare = kDeliveriesMax - 1 - losses_of_wave;
  if (!test::eventually([&] { return world_.losses_most() <= spare; }, kSuspectsLimit)) {
    std::cout << "  requests that were lost " << world_.losses_most() << " times are still open\n";
  }
  owner_ = world_.owner();
}

void Killer::run(const Wave& wave) {
  std::vector<Step> steps;
  for (const Blow& blow : wave.blows) {
    steps.push_back({.at = blow.at, .blow = &blow, .is_end = false});
    steps.push_back({.at = blow.at + blow.length, .blow = &blow, .is_end = true});
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  const auto begun = std::chrono::steady_clock::now();
  for (const Step& step : steps) {
    std::this_thread::sleep_until(begun + step.at);
    if (step.is_end) {
      mend(*step.blow);
    } else {
      std::cout << "  " << describe(*step.blow) << "\n" << std::flush;
      strike(*step.blow);
    }
  }
}

std::vector<std::size_t> Killer::daemons_of(Target target) {
  if (target == Target::kBothDaemons) return {0, 1};
  if (target == Target::kOwner) return {owner_};
  if (target == Target::kStandby) return {1 - owner_};
  return {};
}

void Killer::strike(const Blow& blow) {
  const bool is_kill = blow.harm == Harm::kKill;
  ++counts_[{blow.harm, blow.target}];
  switch (blow.target) {
    case Target::kRedis:
      return is_kill ? world_.redis().kill9() : world_.redis().pause();
    case Target::kServer:
      return is_kill ? world_.kill_server() : world_.pause_server();
    case Target::kSessions:
      return world_.postgres().pause_sessions();
    case Target::kDatabase:
      if (!world_.database().lock()) std::cout << "  the lock is not to be had\n";
      return;
    default:
      return strike_daemons(blow);
  }
}

void Killer::strike_daemons(const Blow& blow) {
  note_deaths();
  for (const std::size_t index : daemons_of(blow.target)) {
    if (blow.harm == Harm::kStop) {
      world_.signal_daemon(index, SIGSTOP);
      continue;
    }
    if (blow.harm == Harm::kEnd) {
      world_.end_daemon(index);
      continue;
    }
    if (blow.harm == Harm::kReload) {
      world_.reload_daemon(index);
      continue;
    }
    world_.kill_daemon(index);
    ++daemon_kills_;
  }
}

void Killer::mend(const Blow& blow) {
  const bool is_kill = blow.harm == Harm::kKill;
  if (blow.harm == Harm::kReload) return;
  switch (blow.target) {
    case Target::kRedis:
      return is_kill ? world_.redis().restart() : world_.redis().resume();
    case Target::kServer:
      return is_kill ? world_.start_server() : world_.resume_server();
    case Target::kSessions:
      return world_.postgres().resume_sessions();
    case Target::kDatabase:
      return world_.database().unlock();
    default:
      for (const std::size_t index : daemons_of(blow.target)) {
        world_.signal_daemon(index, SIGCONT);
        if (blow.harm == Harm::kEnd && !world_.has_ended(index)) {
          deaths_.push_back("daemon " + std::to_string(index) + " does not end at SIGTERM");
          world_.kill_daemon(index);
        }
        world_.start_daemon(index);
      }
  }
}

// It is told, and a new one takes its place.
void Killer::note_deaths() {
  for (const std::string& death : world_.deaths()) deaths_.push_back(death);
  for (std::size_t i = 0; i < kDaemons; ++i) world_.start_daemon(i);
}

}  // namespace sqlbus::chaos
