#include "client/command/options.hpp"

#include <CLI/CLI.hpp>

#include "client/command/duration.hpp"
#include "client/command/options_groups.hpp"
#include "client/command/options_parts.hpp"

namespace sqlbus {

namespace {

constexpr const char* kTraceFooter = R"(
Looks at the queue, the delayed and waiting requests, what is in flight, the dead letters, the reply
channel, and, where the bus's file is at hand, at the ledger of each configured database.

Examples:
  sqlbus trace 0197e2c4-5c1a-7b1e-9d57-0c3d5b2a9f10
  sqlbus trace --config /etc/sqlbus.ini --json 2

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

Examples:
  sqlbus reload --dry-run                        only what would change
  sqlbus reload --config /etc/sqlbus/shop.ini

Exit status: 0 taken over, 1 refused, or no daemon to tell, 2 the file has faults, 3 Redis is out of reach, 4 no verdict in time.)";

constexpr const char* kStatusFooter = R"(
Asks Redis alone: what its lists hold, and what the daemon that owns the queue has left there about
itself. Of several queues all are shown where the bus's file is at hand.

Examples:
  sqlbus status
  sqlbus status --redis redis://10.0.0.7 --queue urgent --json

Exit status: 0 a daemon owns each queue, 1 none does, 3 Redis is out of reach.)";

constexpr const char* kDoctorFooter = R"(
Looks at Redis (version, persistence, memory, rights, clock); with the bus's file at hand at each database (reachable,
ledger, clock); at the daemon on each queue, and at what waits there; and sends a query the whole way to each database.
One line for each: ok, warn or FAIL, what is, and what to do. It changes nothing.
Exit status: 0 nothing has failed, 1 something has, 2 wrong arguments or configuration, 3 Redis is out of reach.)";

constexpr const char* kKvFooter = R"(
Values of any bytes, up to 16 MiB, in the table sqlbus_kv of a database: SQLite, PostgreSQL or MariaDB. It is made when
the first one is set, or by `kv init`. What is below one first segment of PATH is read, set and deleted in its order.

Examples:
  sqlbus kv set pictures/cat.png --file cat.png
  sqlbus kv get pictures/cat.png --file copy.png
  sqlbus kv set sessions/4711 open --ttl 30m
  sqlbus kv ttl sessions/4711 2h                 none: it does not expire
  sqlbus kv ls                                   folders end with /
  sqlbus kv ls pictures -r
  sqlbus kv del pictures -r

Exit status: 0 done, 1 there is no such value, or the bus or the database answered with an error, 2 wrong arguments,
3 Redis is out of reach, 4 no answer within --timeout.)";

constexpr const char* kTopFooter = R"(
Asks Redis alone, as `sqlbus status` does: queues, databases and their lanes, and what the newest dead letters died of.
A Redis that is away is said to be, and tried again. With NO_COLOR set in the environment there is text alone.
Where standard output is no terminal it prints plain lines, --count times.

Keys: q quit, p hold the display, s order of the queues, ? help.

Examples:
  sqlbus top --interval 500ms
  sqlbus top --count 1                           once, as plain text where it is piped

Exit status: 0 done, 3 Redis was out of reach when the last plain lines were printed.)";

constexpr const char* kLedgerFooter = R"(
For a role that may not create tables: somebody who may runs the statements.

Examples:
  sqlbus ledger ddl --driver postgres
  sqlbus ledger ddl --config /etc/sqlbus.ini

Exit status: 0 done, 2 wrong arguments or configuration.)";

constexpr std::chrono::milliseconds kShortestInterval{100};

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

void set_lifetime(const char* name, const std::string& text, KvOptions& kv) {
  kv.sets_lifetime = true;
  if (text == "none") return;
  kv.lifetime = parse_duration(text);
  if (!kv.lifetime) throw CLI::ValidationError(name, "a time is like 500ms, 30s, 5m, 1h or 7d");
}

void add_kv(CLI::App& app, CommandOptions& options) {
  auto& kv = options.kv;
  CLI::App* command = app.add_subcommand("kv", "Keep small values by key.");
  command->require_subcommand(1);
  command->fallthrough();
  const auto add = [&](const char* name, const char* help, KvOptions::Verb verb) {
    CLI::App* sub = command->add_subcommand(name, help);
    sub->add_option("--database", options.database, "on this configured database");
    add_wait_options(*sub, options);
    add_where_options(*sub, options);
    sub->footer(kKvFooter);
    sub->callback([&options, verb] {
      options.verb = CommandOptions::Verb::kKv;
      options.kv.verb = verb;
    });
    return sub;
  };
  const auto add_path = [&](CLI::App* sub) {
    return sub->add_option("PATH", kv.path, "segments that nest like folders: a/b/c");
  };
  CLI::App* set = add("set", "Keep a value.", KvOptions::Verb::kSet);
  add_path(set)->required();
  set->add_option("VALUE", kv.value, "the value; '-' or none: from standard input");
  set->add_option("--file", kv.file, "the value is what this file holds")->type_name("FILE");
  set->add_option_function<std::string>(
         "--ttl", [&kv](const std::string& text) { set_lifetime("--ttl", text, kv); },
         "it expires after this time")
      ->option_text("DURATION");
  CLI::App* get = add("get", "Print a value as it is.", KvOptions::Verb::kGet);
  add_path(get)->required();
  get->add_option("--file", kv.file, "into this file")->type_name("FILE");
  CLI::App* del = add("del", "Delete a value.", KvOptions::Verb::kDelete);
  add_path(del)->required();
  del->add_flag("-r,--recursive", kv.recursive, "and all below it");
  CLI::App* list = add("ls", "List what is in a folder.", KvOptions::Verb::kList);
  add_path(list);
  list->add_flag("-r,--recursive", kv.recursive, "the paths of all below it");
  list->add_flag("--json", options.json, "as JSON, on one line");
  CLI::App* ttl = add("ttl", "Show or set when a value expires.", KvOptions::Verb::kTtl);
  add_path(ttl)->required();
  ttl->add_option_function<std::string>(
         "TIME", [&kv](const std::string& text) { set_lifetime("TIME", text, kv); },
         "it expires after this time; none: never")
      ->option_text("[DURATION|none]");
  add("init", "Make the table, where it is missing.", KvOptions::Verb::kInit);
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
  ledger->footer(kLedgerFooter);
  CLI::App* ddl = ledger->add_subcommand("ddl", "Print the statements that make it.");
  ddl->add_option(
      "--driver", options.driver,
      "of this driver; else of all configured databases, of which those by ODBC are asked");
  ddl->add_option("--config", options.config_file, "the bus's file")->type_name("FILE");
  ddl->footer(kLedgerFooter);
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
  app.footer(kBusFooter);
  add_query(app, options);
  add_exec(app, options);
  add_load(app, options);
  add_shell(app, options);
  add_dead(app, options);
  add_trace(app, options);
  add_pause(app, options);
  add_status(app, options);
  add_doctor(app, options);
  add_top(app, options);
  add_bench(app, options);
  add_kv(app, options);
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
