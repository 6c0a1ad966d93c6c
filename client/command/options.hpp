// What the command line says.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/command/dead_filter.hpp"
#include "client/command/exit_code.hpp"
#include "client/command/output_format.hpp"
#include "protocol/value.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sqlbus {

struct DeadOptions {
  enum class Verb : std::uint8_t { kList, kShow, kReplay, kDrop };

  Verb verb = Verb::kList;
  DeadFilter filter;
  std::size_t limit = 100;
  bool json = false;
  bool group = false;
  bool all = false;
  bool yes = false;
  bool edit = false;
  bool dry_run = false;
  double rate = 0;  // a second; 0: as fast as it goes
};

struct PauseOptions {
  std::string name;  // a queue or a database; empty: the queue
  std::string reason;
};

struct ReloadOptions {
  bool dry_run = false;
};

struct KvOptions {
  enum class Verb : std::uint8_t { kSet, kGet, kDelete, kList, kTtl, kInit };

  Verb verb = Verb::kGet;
  std::string path;
  std::optional<std::string> value;  // nothing or "-": from --file, or standard input
  std::string file;
  std::optional<std::chrono::milliseconds> lifetime;  // nothing: for ever
  bool sets_lifetime = false;                         // of ttl
  bool recursive = false;
};

struct TopOptions {
  std::chrono::milliseconds interval = std::chrono::seconds{1};
  std::size_t count = 0;  // looks; 0: as long as it is watched, or one where nobody watches
};

struct LoadOptions {
  enum class Placeholder : std::uint8_t { kByDriver, kDollar, kQuestion };

  std::string file;                    // "-": standard input
  std::string name;                    // what the file is called in UUIDs; empty: by its name
  std::uint64_t offset = 0;            // bytes of it that are passed over
  std::int64_t queue_max = 1'000'000;  // requests that wait, at most; 0: no limit
  std::chrono::milliseconds retry = std::chrono::minutes{1};  // how long Redis may be away
  bool dry_run = false;
  // CSV, where a table is named.
  std::string table;
  std::string columns;             // as they stand in the statement; empty: the header's
  std::optional<bool> has_header;  // nothing: there is one, unless columns are named
  char separator = ',';
  Placeholder placeholder = Placeholder::kByDriver;
};

struct ShellOptions {
  bool keeps_going = false;  // after an error in statements that nobody types
};

struct BenchOptions {
  std::size_t requests = 20'000;
  std::size_t queries = 500;
  bool yes = false;
  bool json = false;
};

struct CommandOptions {
  enum class Verb : std::uint8_t {
    kQuery,
    kExec,
    kLoad,
    kShell,
    kBench,
    kDead,
    kTrace,
    kLedger,
    kPause,
    kResume,
    kStatus,
    kTop,
    kReload,
    kDriverCheck,
    kDoctor,
    kKv
  };

  Verb verb = Verb::kQuery;
  std::string sql;       // empty or "-": from standard input
  std::string sql_file;  // empty where not given; "-": from standard input
  Params params;
  std::optional<std::string> database;
  std::optional<std::string> key;
  std::string redis_url;    // empty where not given
  std::string config_file;  // empty where not given
  std::optional<std::string> queue;
  std::string app = "sqlbus";
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  std::optional<std::int64_t> rows_max;
  OutputFormat format = OutputFormat::kTable;
  bool json = false;  // of trace and status
  bool sync = false;  // always so for a query
  DeadOptions dead;
  PauseOptions pause;
  ReloadOptions reload;
  TopOptions top;
  LoadOptions load;
  ShellOptions shell;
  BenchOptions bench;
  KvOptions kv;
  std::string uuid;                    // of a trace
  std::string driver;                  // of ledger ddl; empty: those of the configured databases
  std::vector<std::string> arguments;  // of driver-check, which reads them itself
};

// Prints what --help and --version ask for, and what is wrong; then the ExitCode is returned.
std::variant<CommandOptions, ExitCode> parse_command_line(int argc, const char* const* argv);

// The commands and options as they are parsed, for the manual.
void visit_command_line(const std::function<void(const CLI::App&)>& visit);

}  // namespace sqlbus
