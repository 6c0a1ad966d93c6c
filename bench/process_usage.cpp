#include "bench/process_usage.hpp"

#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string_view>

#include "tests/support/text_file.hpp"

namespace sqlbus::bench {

namespace {

// "VmRSS:     12345 kB"
double status_mib(const std::string& status, std::string_view name) {
  const std::size_t at = status.find(name);
  if (at == std::string::npos) throw std::runtime_error("no memory of a process that has ended");
  return std::strtod(status.c_str() + at + name.size(), nullptr) / 1024;
}

}  // namespace

double cpu_seconds(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    throw std::runtime_error("no clock of a process that has ended");
  }
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

Memory memory_of(pid_t pid) {
  const std::string status = test::read_text_file("/proc/" + std::to_string(pid) + "/status");
  return {.resident_mib = status_mib(status, "VmRSS:"), .peak_mib = status_mib(status, "VmHWM:")};
}

}  // namespace sqlbus::bench
