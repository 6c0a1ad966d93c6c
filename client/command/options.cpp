#include "client/command/options.hpp"

#include <CLI/CLI.hpp>

#include "client/command/duration.hpp"
#include "client/command/param.hpp"

namespace sqlbus {

namespace {

constexpr const char* kFooter = R"(
Parameters are bound in the order in which they stand. --param takes a JSON scalar: 5 is an
integer, 1.50 a number, true a boolean, null is NULL, '"5"' is text; whatever is no JSON scalar
is text too, as it stands. --text takes every value as text.

Redis is the one of --redis, else of --config, else of $SQLBUS_REDIS, else of /etc/sqlbus.ini
where that is there, else redis://127.0.0.1:6379.

Exit status: 0 done, 1 the bus or the database answered with an error, 2 wrong arguments or
configuration, 3 Redis is out of reach, 4 no answer within --timeout.)";

void check_duration(const std::string& text, std::chrono::milliseconds& duration) {
  const auto parsed = parse_duration(text);
  if (!parsed) throw CLI::ValidationError("--timeout", "a time is like 500ms, 30s, 5m or 1h");
  duration = *parsed;
}

void add_where_options(CLI::App& command, CommandOptions& options) {
  CLI::Option* redis =
      command.add_option("--redis", options.redis_url,
                         "redis://[user:password@]host[:port][/db] or unix:///path[?db=N]");
  command.add_option("--config", options.config_file, "read Redis and queue from the bus's file")
      ->excludes(redis);
  command.add_option("--queue", options.queue, "the queue to send to");
}

void add_request_options(CLI::App& command, CommandOptions& options) {
  command.add_option("SQL", options.sql, "one statement; '-' or none: from standard input");
  // Both in one list: the callback runs as each is met.
  command
      .add_option_function<std::string>(
          "-p,--param",
          [&options](const std::string& text) { options.params.push_back(param_of(text)); },
          "bind a value: a JSON scalar, else text")
      ->trigger_on_parse();
  command
      .add_option_function<std::string>(
          "--text",
          [&options](const std::string& text) { options.params.push_back(text_param(text)); },
          "bind a value as text")
      ->trigger_on_parse();
  command.add_option("--database", options.database, "run on this configured database");
  command.add_option("--key", options.key, "ordering key");
  command.add_option("--app", options.app, "name of the calling process")->capture_default_str();
}

void add_wait_options(CLI::App& command, CommandOptions& options) {
  command
      .add_option_function<std::string>(
          "--timeout",
          [&options](const std::string& text) { check_duration(text, options.timeout); },
          "wait so long; not started later (30s)")
      ->option_text("DURATION");
}

void add_query(CLI::App& app, CommandOptions& options) {
  CLI::App* query = app.add_subcommand("query", "Run a statement, wait, and print its rows.");
  add_request_options(*query, options);
  add_wait_options(*query, options);
  query->add_flag("--json", options.json, "print the response as it came");
  add_where_options(*query, options);
  query->callback([&options] {
    options.verb = CommandOptions::Verb::kQuery;
    options.sync = true;
  });
}

void add_exec(CLI::App& app, CommandOptions& options) {
  CLI::App* exec = app.add_subcommand(
      "exec", "Hand a statement over, print its UUID, and do not wait for its effect.");
  add_request_options(*exec, options);
  CLI::Option* sync = exec->add_flag("--sync", options.sync, "wait, and print what it did");
  add_wait_options(*exec, options);
  exec->add_flag("--json", options.json, "print the response as it came")->needs(sync);
  add_where_options(*exec, options);
  exec->callback([&options] { options.verb = CommandOptions::Verb::kExec; });
}

}  // namespace

std::variant<CommandOptions, ExitCode> parse_command_line(int argc, const char* const* argv) {
  CommandOptions options;
  CLI::App app("Sends SQL to the bus.", "sqlbus");
  app.set_version_flag("-v,--version", "sqlbus " SQLBUS_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kFooter);
  add_query(app, options);
  add_exec(app, options);
  for (CLI::App* command : app.get_subcommands({})) command->footer(kFooter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    app.exit(success);
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return ExitCode::kUsage;
  }
  return options;
}

}  // namespace sqlbus
