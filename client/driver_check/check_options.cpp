#include "client/driver_check/check_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "client/command/duration.hpp"
#include "daemon/config/environment.hpp"
#include "daemon/config/text_file.hpp"

namespace sqlbus::check {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kPasswordBytesMax = 4096;

constexpr const char* kName = "sqlbus driver-check";
constexpr const char* kDescription = "Runs the conformance suite on a driver.";

constexpr const char* kFooter = R"(
The database has to be one that may be thrown away: tables named sqlbus_… are made in it, the
ledger's among them, and dropped at the end. Where such tables are there already nothing is touched.

Options are those of a database's section in the bus's file: server, port, username, password,
password_file, database, connection_string, odbc_driver. ${NAME} in a value is the environment's.
No secret is printed.

Examples:
  sqlbus driver-check sqlite --option database=/tmp/scratch.db
  sqlbus driver-check ./mine.so --option server=db.example --option 'password=${SCRATCH_PASSWORD}'
  sqlbus driver-check ./mine.so --option database=x --only cancel --limit 10s

Each check is ok, not claimed (what the driver or its database does not have), or FAILED, with the
part of sqlbus_driver.h that it is about. Exit status: 0 nothing failed, 1 something did, 2 wrong
arguments, or the driver cannot be loaded or cannot connect.)";

void add_pair(Pairs& pairs, const char* flag, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    throw CLI::ValidationError(flag, "it is like name=value");
  }
  auto value = expand_environment(text.substr(equals + 1));
  if (!value) {
    throw CLI::ValidationError(flag, text.substr(0, equals) + " " + value.error().message);
  }
  pairs.emplace_back(text.substr(0, equals), *std::move(value));
}

void add_sql(Pairs& pairs, const std::string& text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto keys = test::dialect_keys();
  const auto key =
      std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.name == name; });
  if (key == keys.end() || equals == std::string::npos) {
    throw CLI::ValidationError("--sql", "it is like key=text; --help lists the keys");
  }
  const auto value = text.substr(equals + 1);
  if (key->flag != nullptr && value != "yes" && value != "no") {
    throw CLI::ValidationError("--sql", name + " is yes or no");
  }
  pairs.emplace_back(name, value);
}

std::string footer() {
  std::string text = "--sql KEY=TEXT, where the database's SQL differs:\n";
  for (const auto& key : test::dialect_keys()) {
    std::string name = key.name;
    name.resize(std::max<std::size_t>(name.size(), 20), ' ');
    text += "  " + name + key.help + "\n";
  }
  return text + kFooter;
}

std::optional<std::string> set_password(test::Options& options) {
  const auto found = std::find_if(options.begin(), options.end(), [](const auto& option) {
    return option.first == "password_file";
  });
  if (found == options.end()) return std::nullopt;
  auto text = read_text_file(found->second, kPasswordBytesMax);
  if (!text) return "password_file: " + text.error().message;
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  *found = {"password", *std::move(text)};
  return std::nullopt;
}

// The daemon gives these always.
void set_defaults(test::Options& options) {
  const Pairs defaults = {{"connect_timeout", "5000"},
                          {"application_name", "sqlbus:conformance:0"},
                          {"prepared_statements", "yes"},
                          {"idle_in_transaction_timeout", "60000"}};
  for (const auto& pair : defaults) {
    const auto is_same = [&](const auto& option) { return option.first == pair.first; };
    if (std::none_of(options.begin(), options.end(), is_same)) options.push_back(pair);
  }
}

void describe(CLI::App& app, CheckOptions& options) {
  app.footer(footer());
  auto& target = options.target;
  app.add_option("DRIVER", target.path, "a driver's file, or the name of an installed one");
  app.add_option_function<std::vector<std::string>>(
         "-o,--option",
         [&](const auto& texts) {
           for (const auto& text : texts) add_pair(target.options, "--option", text);
         },
         "a setting that the driver is given")
      ->option_text("NAME=VALUE");
  app.add_option_function<std::vector<std::string>>(
         "--sql",
         [&](const auto& texts) {
           for (const auto& text : texts) add_sql(target.sql, text);
         },
         "how this database says it, see below")
      ->option_text("KEY=TEXT");
  app.add_option_function<std::vector<std::string>>(
         "--unreachable",
         [&](const auto& texts) {
           for (const auto& text : texts) add_pair(target.unreachable, "--unreachable", text);
         },
         "a setting with which no database can be reached (guessed where there is a server, or a "
         "database that is a file)")
      ->option_text("NAME=VALUE");
  app.add_option("--only", options.only, "only checks with this in their name");
  app.add_option_function<std::string>(
         "--limit",
         [&](const std::string& text) {
           const auto parsed = parse_duration(text);
           if (!parsed) throw CLI::ValidationError("--limit", "a time is like 500ms, 30s or 5m");
           options.limit = *parsed;
         },
         "a check that takes longer is ended, and has failed (1m)")
      ->option_text("DURATION");
  app.add_flag("--json", options.json, "the report as JSON, on one line");
  app.add_flag("--list", options.list, "print the checks and what each is about, and run none");
}

}  // namespace

void visit_command_line(const std::function<void(const CLI::App&)>& visit) {
  CheckOptions options;
  CLI::App app(kDescription, kName);
  describe(app, options);
  visit(app);
}

std::variant<CheckOptions, ExitCode> parse_command_line(int argc, const char* const* argv) {
  CheckOptions options;
  CLI::App app(kDescription, kName);
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
  auto& target = options.target;
  if (target.path.empty() && !options.list) {
    std::cerr << "DRIVER is required\n";
    return ExitCode::kUsage;
  }
  // A name with a dot is a file here; what has no slash would be looked for among the installed.
  const bool is_file = target.path.find('.') != std::string::npos;
  if (is_file && target.path.find('/') == std::string::npos) target.path.insert(0, "./");
  if (const auto fault = set_password(target.options)) {
    std::cerr << *fault << "\n";
    return ExitCode::kUsage;
  }
  set_defaults(target.options);
  return options;
}

}  // namespace sqlbus::check
