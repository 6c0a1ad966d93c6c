#include "client/command/options_parts.hpp"

#include <CLI/CLI.hpp>

#include "client/command/duration.hpp"

namespace sqlbus {

const char* const kBusFooter = R"(
Redis is the one of --redis, else of --config, else of $SQLBUS_REDIS, else of /etc/sqlbus.ini
where that is there, else redis://127.0.0.1:6379. Colours are for terminals alone, and never with
NO_COLOR set in the environment.

Exit status: 0 done, 1 the bus or the database answered with an error, 2 wrong arguments, input or
configuration, 3 Redis is out of reach, 4 no answer within --timeout; 128 and its number where a
signal ended it.)";

std::chrono::milliseconds duration_of(const std::string& option, const std::string& text) {
  const auto parsed = parse_duration(text);
  if (!parsed) throw CLI::ValidationError(option, "a time is like 500ms, 30s, 5m or 1h");
  return *parsed;
}

void add_where_options(CLI::App& command, CommandOptions& options) {
  CLI::Option* redis =
      command.add_option("--redis", options.redis_url,
                         "redis://[user:password@]host[:port][/db] or unix:///path[?db=N]");
  command.add_option("--config", options.config_file, "read Redis and queue from the bus's file")
      ->type_name("FILE")
      ->excludes(redis);
  command.add_option("--queue", options.queue, "the queue to send to");
}

void add_wait_options(CLI::App& command, CommandOptions& options) {
  command
      .add_option_function<std::string>(
          "--timeout",
          [&options](const std::string& text) { options.timeout = duration_of("--timeout", text); },
          "wait so long; not started later (30s)")
      ->option_text("DURATION");
}

}  // namespace sqlbus
