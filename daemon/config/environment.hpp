// ${NAME} in values, so that a secret need not stand in the file.
#pragma once

#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus {

// Puts the environment's value where ${NAME} stands; "$${" stands for "${" itself. A variable that
// is not set is an error. The error is the end of a sentence that begins with the value, and holds
// nothing of it: what looks like a name may be a piece of a password.
// is_unset: set to true where it is that.
Result<std::string> expand_environment(std::string_view value, bool* is_unset = nullptr);

}  // namespace sqlbus
