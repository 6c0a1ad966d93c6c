// What an intake does or waits for, and since when: written down at each step, so that who asks
// after the daemon's health need not guess.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace sqlbus {

// Before the next try, after a fault or while the dead letters are full.
inline constexpr std::chrono::milliseconds kRestTime{1000};

struct Activity {
  enum class Doing : std::uint8_t {
    kNothing,        // another daemon owns the queue, or Redis is away
    kReadingBack,    // owner since a moment ago: looks what Redis holds of it
    kClaiming,       // asks for requests
    kWaiting,        // Redis tells when one comes
    kWithoutRoom,    // enough is claimed: the databases are at work
    kWithoutLease,   // the next renewal goes on
    kForSuspect,     // the next request has killed a daemon, and waits to run with nothing else
    kForConnection,  // no connection to ask on
    kResting,        // after a fault, or with too many dead letters
  };
  Doing doing = Doing::kNothing;
  std::chrono::nanoseconds since{};  // running_time()
};

inline std::string_view to_string(Activity::Doing doing) {
  switch (doing) {
    case Activity::Doing::kReadingBack:
      return "reads back what it has in flight";
    case Activity::Doing::kClaiming:
      return "claims requests";
    case Activity::Doing::kWaiting:
      return "waits for requests";
    case Activity::Doing::kWithoutRoom:
      return "waits for the databases";
    case Activity::Doing::kWithoutLease:
      return "waits for its lease";
    case Activity::Doing::kForSuspect:
      return "waits to run a suspect with nothing else";
    case Activity::Doing::kForConnection:
      return "waits for a connection to redis";
    case Activity::Doing::kResting:
      return "rests after a fault, or with too many dead letters";
    case Activity::Doing::kNothing:
      break;
  }
  return "claims nothing";
}

}  // namespace sqlbus
