#include "daemon/config/environment.hpp"

#include <cstdlib>

namespace sqlbus {

Result<std::string> expand_environment(std::string_view value, bool* is_unset) {
  std::string out;
  while (true) {
    const std::size_t open = value.find("${");
    if (open == std::string_view::npos) {
      out += value;
      return out;
    }
    if (open > 0 && value[open - 1] == '$') {  // "$${": the first '$' is dropped
      out += value.substr(0, open - 1);
      out += "${";
      value.remove_prefix(open + 2);
      continue;
    }
    const std::size_t close = value.find('}', open);
    if (close == std::string_view::npos) {
      return Error{"has ${ without }; $${ stands for ${ itself"};
    }
    const std::string name(value.substr(open + 2, close - open - 2));
    const char* const found = std::getenv(name.c_str());
    if (found == nullptr) {
      if (is_unset != nullptr) *is_unset = true;
      return Error{"names an environment variable that is not set; $${ stands for ${ itself"};
    }
    out += value.substr(0, open);
    out += found;
    value.remove_prefix(close + 1);
  }
}

}  // namespace sqlbus
