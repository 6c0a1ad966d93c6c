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

constexpr const char* kDeadFooter = R"(
Examples:
  sqlbus dead ls --group                       what fails, and how often
  sqlbus dead ls --sqlstate 23 --newer 1h      constraint violations of the last hour
  sqlbus dead replay --dry-run --app shop      what would happen, in transactions that are undone
  sqlbus dead replay --error 1402 --rate 10    send them again, ten a second
  sqlbus dead replay ID --edit                 mend one and send it again
  sqlbus dead drop --older 30d --yes

A replayed request keeps its UUID: what has been applied is not applied again.)";

constexpr const char* kTraceFooter = R"(
Looks at the queue, the delayed and waiting requests, what is in flight, the dead letters, the reply
channel, and, where the bus's file is at hand, at the ledger of each configured database.
Exit status: 0 found, 1 not known anywhere.)";

constexpr const char* kPauseFooter = R"(
What the bus has taken already goes on. Of a paused queue nothing more is taken; what is for a paused database waits
in Redis in its order, and the others go on. It stays so, for every daemon on the queue and over restarts, until
`sqlbus resume`.

Examples:
  sqlbus pause                                   the queue
  sqlbus pause billing --reason "moving house"   one database
  sqlbus resume billing)";

constexpr const char* kReloadFooter = R"(
The file is checked first, and a faulty one is not sent. Then it says what differs from what is in force, sends SIGHUP to
the daemon, which has to run on this machine and to own the first queue, and waits for its verdict.
Exit status: 0 taken over, 1 refused, or no daemon to tell, 2 the file has faults, 3 Redis is out of reach, 4 no verdict in time.)";

constexpr const char* kStatusFooter = R"(
Asks Redis alone: what its lists hold, and what the daemon that owns the queue has left there about
itself. Of several queues all are shown where the bus's file is at hand.
Exit status: 0 a daemon owns each queue, 1 none does, 3 Redis is out of reach.)";

constexpr const char* kDoctorFooter = R"(
Looks at Redis (version, persistence, memory, rights, clock); with the bus's file at hand at each database (reachable,
ledger, clock); at the daemon on each queue, and at what waits there; and sends a query the whole way to each database.
One line for each: ok, warn or FAIL, what is, and what to do. It changes nothing.
Exit status: 0 nothing has failed, 1 something has, 2 wrong arguments or configuration, 3 Redis is out of reach.)";

constexpr const char* kTopFooter = R"(
Asks Redis alone, as `sqlbus status` does: queues, databases and their lanes, and what the newest dead letters died of.
A Redis that is away is said to be, and tried again. With NO_COLOR set in the environment there is text alone.
Where standard output is no terminal it prints plain lines, --count times.

Keys: q quit, p hold the display, s order of the queues, ? help.
Exit status: 0 done, 3 Redis was out of reach when the last plain lines were printed.)";

constexpr std::chrono::milliseconds kShortestInterval{100};

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
      ->type_name("FILE")
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

void check_age(const std::string& name, const std::string& text,
               std::optional<std::chrono::milliseconds>& age) {
  age = parse_duration(text);
  if (!age) throw CLI::ValidationError(name, "an age is like 90s, 10m, 2h or 7d");
}

void add_filter_options(CLI::App& command, DeadOptions& dead) {
  auto& filter = dead.filter;
  command.add_option("ID", filter.ids, "ids of dead letters, or UUIDs of requests");
  command.add_option_function<std::string>(
      "--error",
      [&filter](const std::string& text) {
        filter.error = parse_error_id(text);
        if (!filter.error) throw CLI::ValidationError("--error", "no such ERRORID: " + text);
      },
      "an ERRORID or its name: 1402, EXECUTION_FAILED");
  command.add_option("--sqlstate", filter.sqlstate, "an SQLSTATE, or its beginning: 23");
  command.add_option("--app", filter.app, "of this calling process");
  command.add_option("--database", filter.database, "for this database");
  command.add_option_function<std::string>(
      "--older", [&filter](const std::string& text) { check_age("--older", text, filter.older); },
      "dead for longer than: 90s, 10m, 2h, 7d");
  command.add_option_function<std::string>(
      "--newer", [&filter](const std::string& text) { check_age("--newer", text, filter.newer); },
      "dead for less than");
  command.add_option("--text", filter.text, "with this in the statement or the message");
}

void add_touching_options(CLI::App& command, DeadOptions& dead) {
  command.add_flag("--all", dead.all, "all of them, where nothing else says which");
  command.add_flag("-y,--yes", dead.yes, "do not ask");
}

void add_dead(CLI::App& app, CommandOptions& options) {
  auto& dead = options.dead;
  CLI::App* command = app.add_subcommand("dead", "Look at, replay or drop dead letters.");
  command->require_subcommand(1);
  command->fallthrough();
  const auto add = [&](const char* name, const char* help, DeadOptions::Verb verb) {
    CLI::App* sub = command->add_subcommand(name, help);
    add_filter_options(*sub, dead);
    add_where_options(*sub, options);
    sub->footer(kDeadFooter);
    sub->callback([&options, verb] {
      options.verb = CommandOptions::Verb::kDead;
      options.dead.verb = verb;
    });
    return sub;
  };
  CLI::App* list = add("ls", "List them, the newest first.", DeadOptions::Verb::kList);
  list->add_option("--limit", dead.limit, "so many at most")->check(CLI::PositiveNumber);
  list->add_flag("--group", dead.group, "by their cause, with their number");
  list->add_flag("--json", dead.json, "one letter a line, as it is kept");
  CLI::App* show = add("show", "Everything of one or some.", DeadOptions::Verb::kShow);
  show->add_flag("--json", dead.json, "as it is kept");
  CLI::App* replay =
      add("replay", "Send requests again, the oldest first.", DeadOptions::Verb::kReplay);
  add_touching_options(*replay, dead);
  CLI::Option* dry = replay->add_flag("--dry-run", dead.dry_run,
                                      "only say what would happen; needs the bus's file");
  replay->add_flag("--edit", dead.edit, "change each in $EDITOR first")->excludes(dry);
  replay->add_option("--rate", dead.rate, "so many a second at most")->check(CLI::PositiveNumber);
  CLI::App* drop = add("drop", "Forget them for good.", DeadOptions::Verb::kDrop);
  add_touching_options(*drop, dead);
}

void add_trace(CLI::App& app, CommandOptions& options) {
  CLI::App* trace = app.add_subcommand("trace", "What has become of a request?");
  trace->add_option("UUID", options.uuid, "of the request")->required();
  trace->add_flag("--json", options.json, "as JSON, on one line");
  add_where_options(*trace, options);
  trace->footer(kTraceFooter);
  trace->callback([&options] { options.verb = CommandOptions::Verb::kTrace; });
}

void add_pause(CLI::App& app, CommandOptions& options) {
  const auto add = [&](const char* name, const char* help, CommandOptions::Verb verb) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("NAME", options.pause.name, "a queue or a database; none: the queue");
    add_where_options(*command, options);
    command->footer(kPauseFooter);
    command->callback([&options, verb] { options.verb = verb; });
    return command;
  };
  CLI::App* pause = add("pause", "Leave a queue, or one database, alone for a while.",
                        CommandOptions::Verb::kPause);
  pause->add_option("--reason", options.pause.reason, "kept beside it, for others to read");
  add("resume", "Go on with what was paused.", CommandOptions::Verb::kResume);
}

void add_status(CLI::App& app, CommandOptions& options) {
  CLI::App* status = app.add_subcommand("status", "How are the bus and its queues?");
  status->add_flag("--json", options.json, "as JSON, on one line");
  add_where_options(*status, options);
  status->footer(kStatusFooter);
  status->callback([&options] { options.verb = CommandOptions::Verb::kStatus; });
}

void add_doctor(CLI::App& app, CommandOptions& options) {
  CLI::App* doctor = app.add_subcommand("doctor", "Is all well, and what is to be done?");
  doctor->add_flag("--json", options.json, "as JSON, on one line");
  add_where_options(*doctor, options);
  doctor->footer(kDoctorFooter);
  doctor->callback([&options] { options.verb = CommandOptions::Verb::kDoctor; });
}

void add_top(CLI::App& app, CommandOptions& options) {
  CLI::App* top = app.add_subcommand("top", "Watch the bus as it works.");
  top->add_option_function<std::string>(
         "--interval",
         [&options](const std::string& text) {
           const auto parsed = parse_duration(text);
           if (!parsed || *parsed < kShortestInterval) {
             throw CLI::ValidationError("--interval", "a time from 100ms, like 500ms, 2s or 1m");
           }
           options.top.interval = *parsed;
         },
         "look again after so long (1s)")
      ->option_text("DURATION");
  top->add_option("--count", options.top.count, "look so often, and end")
      ->check(CLI::PositiveNumber);
  add_where_options(*top, options);
  top->footer(kTopFooter);
  top->callback([&options] { options.verb = CommandOptions::Verb::kTop; });
}

void add_reload(CLI::App& app, CommandOptions& options) {
  CLI::App* reload = app.add_subcommand("reload", "Have the daemon read its file again.");
  reload->add_flag("-n,--dry-run", options.reload.dry_run, "only say what would change");
  reload->add_option("--config", options.config_file, "the bus's file");
  add_wait_options(*reload, options);
  reload->footer(kReloadFooter);
  reload->callback([&options] { options.verb = CommandOptions::Verb::kReload; });
}

void add_ledger(CLI::App& app, CommandOptions& options) {
  CLI::App* ledger = app.add_subcommand("ledger", "The table that makes effects exactly once.");
  ledger->require_subcommand(1);
  CLI::App* ddl = ledger->add_subcommand("ddl", "Print the statements that make it.");
  ddl->add_option(
      "--driver", options.driver,
      "of this driver; else of all configured databases, of which those by ODBC are asked");
  ddl->add_option("--config", options.config_file, "the bus's file")->type_name("FILE");
  ddl->callback([&options] { options.verb = CommandOptions::Verb::kLedger; });
}

// A program of its own has the options, --help among them.
void add_driver_check(CLI::App& app, CommandOptions& options) {
  CLI::App* check =
      app.add_subcommand("driver-check", "Does a database driver keep the contract of the bus?");
  check->set_help_flag();
  check->fallthrough(false);
  check->prefix_command();
  check->callback([&options, check] {
    options.verb = CommandOptions::Verb::kDriverCheck;
    options.arguments = check->remaining();
  });
}

void describe(CLI::App& app, CommandOptions& options) {
  app.set_version_flag("-v,--version", "sqlbus " SQLBUS_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kFooter);
  add_query(app, options);
  add_exec(app, options);
  for (CLI::App* command : app.get_subcommands({})) command->footer(kFooter);
  add_dead(app, options);
  add_trace(app, options);
  add_pause(app, options);
  add_status(app, options);
  add_doctor(app, options);
  add_top(app, options);
  add_reload(app, options);
  add_ledger(app, options);
  add_driver_check(app, options);
}

constexpr const char* kDescription = "Sends SQL to the bus.";

}  // namespace

void visit_command_line(const std::function<void(const CLI::App&)>& visit) {
  CommandOptions options;
  CLI::App app(kDescription, "sqlbus");
  describe(app, options);
  visit(app);
}

std::variant<CommandOptions, ExitCode> parse_command_line(int argc, const char* const* argv) {
  CommandOptions options;
  CLI::App app(kDescription, "sqlbus");
  describe(app, options);
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
