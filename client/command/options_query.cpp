// The options of `sqlbus query`, `exec` and `shell`.
#include <CLI/CLI.hpp>

#include "client/command/options_groups.hpp"
#include "client/command/options_parts.hpp"
#include "client/command/param.hpp"

namespace sqlbus {

namespace {

constexpr const char* kQueryFooter = R"text(
Examples:
  sqlbus query 'select id, amount from orders limit 5'
  sqlbus query 'select * from orders where id = $1' -p 4711 -o vertical
  sqlbus query --file report.sql -o csv >report.csv
  echo 'select 1' | sqlbus query --config /etc/sqlbus.ini -

It is one statement, and its placeholders are written as the database writes them: $1 for
PostgreSQL, ? by ODBC, both for SQLite. Parameters are bound in the order in which they stand.
--param takes a JSON scalar: 5 is an integer, 1.50 a number, true a boolean, null is NULL, '"5"'
is text; whatever is no JSON scalar is text too, as it stands. --text takes every value as text.

Rows as csv: RFC 4180 with a line of names, lines that end with LF, NULL as an empty field and the
empty text as "". As json: the response of the bus as it came, errors too.
)text";

constexpr const char* kExecFooter = R"text(
Examples:
  sqlbus exec 'insert into orders values ($1, $2)' -p 4711 -p 9.90
  sqlbus exec --file schema.sql --sync --timeout 5m
  sqlbus trace "$(sqlbus exec 'delete from basket')"     what has become of it

Statement and parameters are those of `sqlbus query`.
)text";

constexpr const char* kShellFooter = R"text(
Statements end with a semicolon and may have several lines. Each runs by itself, with everything
that the bus promises; begin and commit are refused, as no session is anybody's own. Lines that
begin with a backslash are for the shell: \? tells them all, \d shows the tables, \d NAME the
columns of one, \x turns rows on their side, \timing tells how long things take.

On a terminal there is a line editor (libedit, ~/.editrc) with completion by the tab key and a
history in $XDG_STATE_HOME/sqlbus/history, else ~/.local/state/sqlbus/history. Ctrl-C drops the
line, or gives up waiting for an answer; Ctrl-D ends. From a file or a pipe it runs the statements
in turn and ends at the first error.

Examples:
  sqlbus shell
  sqlbus shell -o csv <report.sql
)text";

void add_format_options(CLI::App& command, CommandOptions& options) {
  command
      .add_option_function<std::string>(
          "-o,--output",
          [&options](const std::string& text) {
            const auto format = parse_output_format(text);
            if (!format) {
              throw CLI::ValidationError("--output", "is table, json, csv or vertical");
            }
            options.format = *format;
          },
          "rows as: table, json, csv or vertical (table)")
      ->option_text("FORMAT");
}

void add_json_flag(CLI::App& command, CommandOptions& options) {
  command.add_flag_callback(
      "--json", [&options] { options.format = OutputFormat::kJson; },
      "the same as --output json: the response as it came");
}

void add_target_options(CLI::App& command, CommandOptions& options) {
  command.add_option("--database", options.database, "run on this configured database");
  command.add_option("--key", options.key, "ordering key");
  command.add_option("--app", options.app, "name of the calling process")->capture_default_str();
}

void add_request_options(CLI::App& command, CommandOptions& options) {
  CLI::Option* sql =
      command.add_option("SQL", options.sql, "one statement; '-' or none: from standard input");
  command.add_option("-f,--file", options.sql_file, "read the statement from a file")
      ->type_name("FILE")
      ->excludes(sql);
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
  add_target_options(command, options);
  command.add_option("--max-rows", options.rows_max, "so many rows at most")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void add_query(CLI::App& app, CommandOptions& options) {
  CLI::App* query = app.add_subcommand("query", "Run a statement, wait, and print its rows.");
  add_request_options(*query, options);
  add_wait_options(*query, options);
  add_format_options(*query, options);
  add_json_flag(*query, options);
  add_where_options(*query, options);
  query->footer(std::string(kQueryFooter) + kBusFooter);
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
  add_format_options(*exec, options);
  add_json_flag(*exec, options);
  for (const char* name : {"--json", "--output"}) exec->get_option(name)->needs(sync);
  add_where_options(*exec, options);
  exec->footer(std::string(kExecFooter) + kBusFooter);
  exec->callback([&options] { options.verb = CommandOptions::Verb::kExec; });
}

void add_shell(CLI::App& app, CommandOptions& options) {
  CLI::App* shell = app.add_subcommand("shell", "Type statements, and see their rows.");
  add_target_options(*shell, options);
  add_wait_options(*shell, options);
  add_format_options(*shell, options);
  shell->add_option("--max-rows", options.rows_max, "so many rows at most")
      ->check(CLI::PositiveNumber);
  shell->add_flag("--keep-going", options.shell.keeps_going,
                  "go on after an error where nobody types");
  add_where_options(*shell, options);
  shell->footer(std::string(kShellFooter) + kBusFooter);
  shell->callback([&options] {
    options.verb = CommandOptions::Verb::kShell;
    options.sync = true;
  });
}

}  // namespace sqlbus
