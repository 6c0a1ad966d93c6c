#include "daemon/crash_point.hpp"

#ifdef SQLBUS_CRASH_POINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace sqlbus {
namespace {

struct Wanted {
  Wanted() {
    const char* text = std::getenv("SQLBUS_CRASH_AT");
    if (text == nullptr) return;
    name = text;
    const auto colon = name.find(':');
    if (colon == std::string::npos) return;
    left = std::atoi(name.c_str() + colon + 1);
    name.resize(colon);
  }

  std::string name;
  std::atomic<int> left{1};
};

}  // namespace

void crash_point(const char* name) {
  static Wanted wanted;
  if (wanted.name.empty() || wanted.name != name) return;
  if (wanted.left.fetch_sub(1) == 1) std::raise(SIGKILL);
}

}  // namespace sqlbus

#endif
