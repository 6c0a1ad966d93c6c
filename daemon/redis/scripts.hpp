// The Lua scripts, each one atomic step of the life of a batch; their contracts stand at the head
// of the files in daemon/redis/scripts/.
#pragma once

#include <cstddef>
#include <string>

namespace sqlbus {

enum class Script : std::size_t {
  kRenew,
  kTakeOver,
  kHandBack,
  kAdopt,
  kGiveBack,
  kClaim,
  kSettle,
  kPromote,
  kAnswerWaiting,
  kHead,
};
inline constexpr std::size_t kScriptCount = 10;

// The text to load. Redis before 7.0 knows no flags: there the scripts cannot run while Redis is
// at its maxmemory.
std::string script_text(Script script, bool has_flags);

}  // namespace sqlbus
