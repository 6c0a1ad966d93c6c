// Which harm is done when: all of it follows from the seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/chaos/options.hpp"

namespace sqlbus::chaos {

enum class Target : std::uint8_t {
  kOwner,
  kStandby,
  kBothDaemons,
  kRedis,
  kServer,    // of the database, where it has one
  kSessions,  // PostgreSQL only: those of others are threads, and stop with their server
  kDatabase
};
enum class Harm : std::uint8_t {
  kKill,    // SIGKILL, and a restart
  kStop,    // SIGSTOP, and SIGCONT
  kEnd,     // SIGTERM, and a restart: daemons only
  kLock,    // somebody else holds the table: the database only
  kReload,  // SIGHUP, with another number of lanes: daemons only
};

struct Blow {
  Target target = Target::kOwner;
  Harm harm = Harm::kKill;
  std::chrono::milliseconds at{0};      // from the beginning of its wave
  std::chrono::milliseconds length{0};  // so long it is dead, stopped or locked

  std::chrono::milliseconds end() const { return at + length; }
};

// Blows that overlap: one at the daemons, and mostly one at a server.
struct Wave {
  int round = 0;
  std::vector<Blow> blows;

  bool harms(Target target) const;
};

inline constexpr int kWavesPerRound = 2;

// More daemons are killed than a request may lose deliveries.
std::vector<Wave> make_schedule(const Options& options);

std::string_view to_string(Harm harm);
std::string_view to_string(Target target);
std::string describe(const Blow& blow);

}  // namespace sqlbus::chaos
