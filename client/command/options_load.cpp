// The options of `sqlbus load` and `bench`.
#include <CLI/CLI.hpp>

#include "client/command/options_groups.hpp"
#include "client/command/options_parts.hpp"

namespace sqlbus {

namespace {

constexpr const char* kLoadFooter = R"text(
A line is one SQL statement, or one envelope where it begins with { . Empty lines and those that
begin with -- are passed over. An envelope with all that the protocol requires goes as it is; one
that lacks something, as {"STATEMENT": "…", "PARAMS": […]}, gets it. Nobody waits for the effects:
what the database refuses becomes a dead letter, see `sqlbus dead ls`.

With --into the file is CSV (RFC 4180), and each record a row of the table: its fields are bound
as text, which the database turns into the types of its columns. An empty field is NULL, "" is the
empty text. The first record names the columns, unless --columns does. Placeholders are $1 or ?,
by the driver that the daemon or the bus's file tells; --placeholder says it where neither does.

Lines are pushed in their order and, as their KEY is the name of the file, take effect in it.
While --queue-max requests are in the queue it waits. A Redis that is away is tried again for as
long as --retry says. Where a daemon answers, it is asked first whether the table of --into has
these columns.

Again and again: the UUID of a line is made from the name of the file (without its folders, or
--name), the number of the line and what it says. So a load that was interrupted, killed, or done
already may simply be repeated, also after lines were added at the end or one was mended: what has
been applied is not applied again, for as long as the bus remembers (ledger_retention). Only
--offset, which an interrupted load tells, saves sending it. To load the same rows once more, or
another file of that name whose lines may be the same, give another --name.

Examples:
  sqlbus load statements.sql
  sqlbus load orders.csv --into orders
  sqlbus load --into 'shop.orders' --columns 'id, "order", amount' --separator ';' --header export.csv
  generate | sqlbus load - --name "orders of $(date -I)"
  sqlbus load statements.sql --offset 73400320     go on where the last one was interrupted
)text";

constexpr const char* kBenchFooter = R"text(
Sends to the bus as it runs, with whatever else it has to do: requests that nobody waits for, one
by one and many together, queries that are waited for, and inserts into a table of its own, which
it makes on the default database (or --database) and drops. Nothing else is touched.

Examples:
  sqlbus bench
  sqlbus bench --requests 100000 --yes --json
)text";

void add_csv_options(CLI::App& load, LoadOptions& options) {
  CLI::Option* into =
      load.add_option("--into", options.table, "the file is CSV: a row of this table a record");
  load.add_option("--columns", options.columns, "columns in their order, as SQL has them: a,b,c")
      ->needs(into);
  CLI::Option* header = load.add_flag_callback(
      "--header", [&options] { options.has_header = true; },
      "the first record is none (with --columns)");
  CLI::Option* none = load.add_flag_callback(
      "--no-header", [&options] { options.has_header = false; }, "the first record is a row");
  header->needs(into)->excludes(none);
  none->needs(into);
  load.add_option_function<std::string>(
          "--separator",
          [&options](const std::string& text) {
            const std::string is = text == "\\t" ? "\t" : text;
            if (is.size() != 1 || is == "\"" || is == "\n" || is == "\r") {
              throw CLI::ValidationError("--separator", "is one byte, or \\t");
            }
            options.separator = is.front();
          },
          "between fields, \\t for a tab (,)")
      ->needs(into);
  load.add_option_function<std::string>(
          "--placeholder",
          [&options](const std::string& text) {
            using P = LoadOptions::Placeholder;
            if (text != "dollar" && text != "question") {
              throw CLI::ValidationError("--placeholder", "is dollar ($1) or question (?)");
            }
            options.placeholder = text == "dollar" ? P::kDollar : P::kQuestion;
          },
          "how the database writes them: dollar or question")
      ->needs(into);
}

}  // namespace

void add_load(CLI::App& app, CommandOptions& options) {
  CLI::App* load = app.add_subcommand(
      "load", "Hand over a file of statements, envelopes or CSV, a request a line.");
  auto& with = options.load;
  load->add_option("FILE", with.file, "what to load; '-': standard input")
      ->type_name("FILE")
      ->required();
  add_csv_options(*load, with);
  load->add_option("--offset", with.offset, "begin behind so many bytes, at a line")
      ->check(CLI::NonNegativeNumber);
  load->add_option("--name", with.name, "what the file is called in UUIDs and KEY");
  load->add_option("--queue-max", with.queue_max, "pause while so many wait, 0: never")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  load->add_option_function<std::string>(
          "--retry",
          [&with](const std::string& text) { with.retry = duration_of("--retry", text); },
          "how long Redis may be away (1m)")
      ->option_text("DURATION");
  load->add_flag("-n,--dry-run", with.dry_run, "look at every line, and send none");
  load->add_option("--database", options.database, "run on this configured database");
  load->add_option("--key", options.key, "ordering key (the name of the file)");
  load->add_option("--app", options.app, "name of the calling process")->capture_default_str();
  add_where_options(*load, options);
  load->footer(std::string(kLoadFooter) + kBusFooter);
  load->callback([&options] { options.verb = CommandOptions::Verb::kLoad; });
}

void add_bench(CLI::App& app, CommandOptions& options) {
  CLI::App* bench = app.add_subcommand("bench", "How fast is this bus, here and now?");
  bench->add_option("--requests", options.bench.requests, "requests that nobody waits for")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  bench->add_option("--queries", options.bench.queries, "queries that are waited for")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  bench->add_flag("-y,--yes", options.bench.yes, "do not ask");
  bench->add_flag("--json", options.bench.json, "as JSON, on one line");
  bench->add_option("--database", options.database, "on this configured database");
  add_wait_options(*bench, options);
  add_where_options(*bench, options);
  bench->footer(std::string(kBenchFooter) + kBusFooter);
  bench->callback([&options] { options.verb = CommandOptions::Verb::kBench; });
}

}  // namespace sqlbus
