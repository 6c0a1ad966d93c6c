// A caller's parameter as a bind value.
#pragma once

#include <string_view>

#include "client/sqlbus.h"
#include "protocol/value.hpp"

namespace sqlbus {

// Sets `value`, which borrows the texts of `param`. What is wrong with the parameter, as the end of
// a sentence; empty where nothing is, and `value` is undefined otherwise.
std::string_view set_value(const sqlbus_param& param, Value& value);

// The same for any text of a request: what the bus does not take.
std::string_view fault_of_text(std::string_view text);

}  // namespace sqlbus
