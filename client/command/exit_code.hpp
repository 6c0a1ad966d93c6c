// How the command ends, for scripts; the same list is in its --help.
#pragma once

#include <cstdint>

namespace sqlbus {

enum class ExitCode : std::uint8_t {
  kOk = 0,
  kRefused = 1,      // the bus or the database answered with an error
  kUsage = 2,        // wrong arguments or configuration
  kUnreachable = 3,  // no Redis
  kTimeout = 4,      // no answer within --timeout
};

}  // namespace sqlbus
