#include "daemon/status/process_numbers.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace sqlbus {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// The second number of /proc/self/statm, which is no file on a disk: reading it waits for nothing.
std::uint64_t resident_pages() {
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen("/proc/self/statm", "re"));
  unsigned long long pages = 0;
  if (!file || std::fscanf(file.get(), "%*u %llu", &pages) != 1) return 0;
  return pages;
}

}  // namespace

ProcessNumbers process_numbers() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {.cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
          .resident_bytes = resident_pages() * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))};
}

}  // namespace sqlbus
