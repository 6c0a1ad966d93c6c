// The text of `sqlbusd --help-config`.
#pragma once

#include <string>

namespace sqlbus {

// Every section and key with its default. Itself a configuration file in which all is commented
// out: prose by '#', keys and sections by ';'.
std::string help_config();

}  // namespace sqlbus
