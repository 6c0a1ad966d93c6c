// JSON for people.
#pragma once

#include <string>
#include <string_view>

namespace sqlbus::demo {

// Each member of an object on its own line, indented by `margin` and two more per depth; arrays
// on one line. JSON that cannot be read comes back as it is.
std::string pretty_json(std::string_view json, std::string_view margin);

}  // namespace sqlbus::demo
