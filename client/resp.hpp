// RESP, the language of Redis, as far as a client speaks it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sqlbus {

// One argument of a command.
void append_resp(std::string& out, std::string_view argument);
// A whole command.
void append_resp(std::string& out, std::span<const std::string_view> arguments);
// The head of a command that has so many arguments.
std::string resp_head(std::size_t arguments);

}  // namespace sqlbus
