#include "client/command/colours.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace sqlbus {

bool allows_colours() {
  const char* refusal = std::getenv("NO_COLOR");
  return refusal == nullptr || *refusal == '\0';
}

bool wants_colours(int fd) {
  const char* kind = std::getenv("TERM");
  return allows_colours() && isatty(fd) == 1 && kind != nullptr && *kind != '\0' &&
         std::string_view(kind) != "dumb";
}

}  // namespace sqlbus
