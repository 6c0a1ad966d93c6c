// What no table of the programs has, for their pages.
#pragma once

#include "manual/pages.hpp"

namespace sqlbus::manual {

CommandProse daemon_prose();
CommandProse command_prose();
CommandProse driver_check_prose();

}  // namespace sqlbus::manual
