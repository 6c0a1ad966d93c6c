// Whatever a configuration file holds: settings that can be used, or faults that can be printed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/config/fingerprint.hpp"
#include "daemon/config/parse_settings.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_printable(std::string_view text) {
  for (const char c : text) {
    if (c != '\n' && c >= '\0' && c < ' ') return false;
  }
  return true;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sqlbus::Result<sqlbus::Settings> settings = sqlbus::parse_settings(text, "fuzz.ini");
  if (!settings) {
    require(settings.error().message.starts_with("fuzz.ini:"));
    require(is_printable(settings.error().message));
    return 0;
  }
  require(settings->find_database(settings->default_database) != nullptr);
  require(!settings->redis.queues.empty());
  require(sqlbus::fingerprint_of(*settings).size() == 32);
  return 0;
}
