#include "bench/machine.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <sstream>
#include <string_view>

#include "bench/samples.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::bench {

namespace {

// The text behind "name :" in /proc/cpuinfo, "name=" in /etc/os-release.
std::string value_in(const std::string& file, std::string_view name) {
  std::istringstream lines(test::read_text_file(file));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t from = line.find_first_not_of(" \t:=\"", name.size());
    if (from == std::string::npos) return "";
    return line.substr(from, line.find_last_not_of('"') + 1 - from);
  }
  return "";
}

std::string memory_text() {
  const double bytes =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  return number_text(bytes / (1024 * 1024 * 1024), 1) + " GiB";
}

std::string date_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &utc);
  return text.data();
}

// libpq comes with the server of its version: 150008 is 15.8.
std::string libpq_version() {
  return std::to_string(PQlibVersion() / 10000) + "." + std::to_string(PQlibVersion() % 10000);
}

struct ClosePipe {
  void operator()(std::FILE* pipe) const { pclose(pipe); }
};

// What stands behind the mark, up to a blank, in the first line that the command prints.
std::string version_by(const char* command, std::string_view mark) {
  const std::unique_ptr<std::FILE, ClosePipe> pipe(popen(command, "r"));
  std::array<char, 256> line{};
  if (!pipe || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return "unknown";
  std::string text = line.data();
  const std::size_t found = text.find(mark);
  if (found == std::string::npos) return text;
  const std::size_t from = found + mark.size();
  return text.substr(from, text.find_first_of(" -", from) - from);
}

}  // namespace

Machine this_machine(const Options& options) {
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  return {{
      {"commit", options.commit},
      {"date", date_text()},
      {"machine", value_in("/proc/cpuinfo", "model name") + ", " + std::to_string(cores) +
                      " cores, " + memory_text()},
      {"system", value_in("/etc/os-release", "PRETTY_NAME")},
      {"servers", "Redis " + version_by("redis-server --version", "v=") + ", PostgreSQL " +
                      libpq_version() + ", SQLite " + sqlite3_libversion() + ", MariaDB " +
                      version_by("mariadbd --version", "Ver ")},
      {"rounds", std::to_string(options.rounds) + ", median (min to max)"},
      {"requests of a drain", options.rows ? number_text(static_cast<double>(*options.rows), 0)
                                           : "what lasts about a second"},
      {"rows in the ledger before", number_text(static_cast<double>(options.prefilled), 0)},
  }};
}

}  // namespace sqlbus::bench
