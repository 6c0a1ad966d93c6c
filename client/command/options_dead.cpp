// The options of `sqlbus dead`.
#include <CLI/CLI.hpp>

#include "client/command/duration.hpp"
#include "client/command/options_groups.hpp"
#include "client/command/options_parts.hpp"

namespace sqlbus {

namespace {

constexpr const char* kDeadFooter = R"(
Examples:
  sqlbus dead ls --group                       what fails, and how often
  sqlbus dead ls --sqlstate 23 --newer 1h      constraint violations of the last hour
  sqlbus dead replay --dry-run --app shop      what would happen, in transactions that are undone
  sqlbus dead replay --error 1402 --rate 10    send them again, ten a second
  sqlbus dead replay ID --edit                 mend one and send it again
  sqlbus dead drop --older 30d --yes

A replayed request keeps its UUID: what has been applied is not applied again.)";

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

}  // namespace

void add_dead(CLI::App& app, CommandOptions& options) {
  auto& dead = options.dead;
  CLI::App* command = app.add_subcommand("dead", "Look at, replay or drop dead letters.");
  command->require_subcommand(1);
  command->footer(kDeadFooter);
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

}  // namespace sqlbus
