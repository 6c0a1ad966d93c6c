#include "client/command/options.hpp"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>

#include <vector>

using sqlbus::CommandOptions;
using sqlbus::ExitCode;
using sqlbus::Value;

namespace {

std::variant<CommandOptions, ExitCode> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sqlbus");
  return sqlbus::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

CommandOptions parsed(const std::vector<const char*>& arguments) {
  auto outcome = parse(arguments);
  REQUIRE(std::holds_alternative<CommandOptions>(outcome));
  return std::get<CommandOptions>(outcome);
}

}  // namespace

TEST_CASE("a query always waits, an exec only with --sync") {
  CHECK(parsed({"query", "SELECT 1"}).verb == CommandOptions::Verb::kQuery);
  CHECK(parsed({"query", "SELECT 1"}).sync);
  CHECK(parsed({"exec", "DELETE FROM t"}).verb == CommandOptions::Verb::kExec);
  CHECK_FALSE(parsed({"exec", "DELETE FROM t"}).sync);
  CHECK(parsed({"exec", "--sync", "DELETE FROM t"}).sync);
}

TEST_CASE("parameters are bound in the order in which they stand") {
  const CommandOptions options = parsed({"exec", "--param", "5", "INSERT", "--text", "5", "-p",
                                         "-7", "--param=null", "--text", "-x"});
  CHECK(options.sql == "INSERT");
  const sqlbus::Params expected = {
      {.kind = Value::Kind::kInteger, .integer = 5, .text = {}},
      {.kind = Value::Kind::kText, .text = "5"},
      {.kind = Value::Kind::kInteger, .integer = -7, .text = {}},
      {},
      {.kind = Value::Kind::kText, .text = "-x"},
  };
  CHECK(options.params == expected);
}

TEST_CASE("options say where and how a request runs") {
  const CommandOptions options = parsed(
      {"query", "SELECT 1", "--redis", "redis://h", "--queue", "urgent", "--database", "orders",
       "--key", "k", "--app", "till", "--timeout", "1500ms", "--json", "--max-rows", "9"});
  CHECK(options.redis_url == "redis://h");
  CHECK(options.queue == "urgent");
  CHECK(options.database == "orders");
  CHECK(options.key == "k");
  CHECK(options.app == "till");
  CHECK(options.timeout == std::chrono::milliseconds{1500});
  CHECK(options.format == sqlbus::OutputFormat::kJson);
  CHECK(options.rows_max == 9);
}

TEST_CASE("a statement may be missing or '-': it is read from standard input") {
  CHECK(parsed({"query"}).sql.empty());
  CHECK(parsed({"query", "-"}).sql == "-");
}

TEST_CASE("wrong arguments are a usage error") {
  const std::vector<std::vector<const char*>> cases = {
      {},
      {"drop"},
      {"query", "SELECT 1", "SELECT 2"},
      {"query", "--timeout", "30", "SELECT 1"},
      {"query", "--timeout", "0s", "SELECT 1"},
      {"query", "--unknown", "SELECT 1"},
      {"query", "--param"},
      {"query", "--sync", "SELECT 1"},
      {"exec", "--json", "DELETE FROM t"},
      {"exec", "-o", "csv", "DELETE FROM t"},
      {"query", "-o", "xml", "SELECT 1"},
      {"query", "--file", "f", "SELECT 1"},
      {"query", "--max-rows", "0", "SELECT 1"},
      {"load"},
      {"load", "f", "--columns", "a"},
      {"load", "f", "--into", "t", "--header", "--no-header"},
      {"load", "f", "--into", "t", "--separator", ";;"},
      {"load", "f", "--into", "t", "--placeholder", "colon"},
      {"load", "f", "--offset", "-1"},
      {"load", "f", "--queue-max", "-1"},
      {"bench", "--requests", "0"},
      {"query", "--redis", "redis://h", "--config", "f", "SELECT 1"},
  };
  for (const auto& arguments : cases) {
    CAPTURE(arguments.size());
    const auto outcome = parse(arguments);
    REQUIRE(std::holds_alternative<ExitCode>(outcome));
    CHECK(std::get<ExitCode>(outcome) == ExitCode::kUsage);
  }
}

TEST_CASE("rows are printed in the format that is named") {
  using sqlbus::OutputFormat;
  CHECK(parsed({"query", "SELECT 1"}).format == OutputFormat::kTable);
  CHECK(parsed({"query", "-o", "csv", "SELECT 1"}).format == OutputFormat::kCsv);
  CHECK(parsed({"query", "--output=vertical", "SELECT 1"}).format == OutputFormat::kVertical);
  CHECK(parsed({"exec", "--sync", "-o", "json", "SELECT 1"}).format == OutputFormat::kJson);
  CHECK(parsed({"query", "--file", "report.sql"}).sql_file == "report.sql");
}

TEST_CASE("a load says what its file is") {
  const auto plain = parsed({"load", "a.sql"});
  CHECK(plain.verb == CommandOptions::Verb::kLoad);
  CHECK(plain.load.file == "a.sql");
  CHECK(plain.load.table.empty());
  CHECK(plain.load.offset == 0);
  CHECK_FALSE(plain.load.has_header);
  const auto csv =
      parsed({"load", "-", "--into", "t", "--columns", "a,b", "--no-header", "--separator", "\\t",
              "--placeholder", "question", "--offset", "12", "--name", "n", "--queue-max", "0"});
  CHECK(csv.load.file == "-");
  CHECK(csv.load.table == "t");
  CHECK(csv.load.columns == "a,b");
  CHECK(csv.load.has_header == false);
  CHECK(csv.load.separator == '\t');
  CHECK(csv.load.placeholder == sqlbus::LoadOptions::Placeholder::kQuestion);
  CHECK(csv.load.offset == 12);
  CHECK(csv.load.name == "n");
  CHECK(csv.load.queue_max == 0);
}

TEST_CASE("each command has help with examples") {
  const std::vector<std::vector<const char*>> commands = {
      {"query"},          {"exec"},       {"load"},         {"shell"},
      {"bench"},          {"dead", "ls"}, {"dead", "show"}, {"dead", "drop"},
      {"dead", "replay"}, {"trace"},      {"pause"},        {"resume"},
      {"status"},         {"top"},        {"reload"},       {"ledger", "ddl"}};
  sqlbus::visit_command_line([&](const CLI::App& app) {
    for (const auto& path : commands) {
      const CLI::App* command = &app;
      for (const char* name : path) command = command->get_subcommand(name);
      CAPTURE(command->get_name());
      CHECK(command->get_footer().find("\nExamples:\n  sqlbus ") != std::string::npos);
    }
  });
}

TEST_CASE("help and version are no error") {
  for (const char* flag : {"--help", "-h", "--version", "-v"}) {
    CAPTURE(flag);
    const auto outcome = parse({flag});
    REQUIRE(std::holds_alternative<ExitCode>(outcome));
    CHECK(std::get<ExitCode>(outcome) == ExitCode::kOk);
  }
}

TEST_CASE("kv takes a path, and a lifetime or none") {
  const auto set = parsed({"kv", "set", "a/b", "x", "--ttl", "30m"});
  CHECK(set.verb == CommandOptions::Verb::kKv);
  CHECK(set.kv.verb == sqlbus::KvOptions::Verb::kSet);
  CHECK(set.kv.path == "a/b");
  CHECK(set.kv.value == "x");
  CHECK(set.kv.lifetime == std::chrono::minutes(30));
  CHECK_FALSE(parsed({"kv", "ttl", "a"}).kv.sets_lifetime);
  const auto forever = parsed({"kv", "ttl", "a", "none"});
  CHECK(forever.kv.sets_lifetime);
  CHECK_FALSE(forever.kv.lifetime.has_value());
  CHECK(parsed({"kv", "ls", "-r"}).kv.recursive);
  CHECK(parsed({"doctor", "--json"}).json);
  for (const auto& wrong : std::vector<std::vector<const char*>>{
           {"kv"}, {"kv", "get"}, {"kv", "ttl", "a", "soon"}, {"kv", "set", "a", "x", "y"}}) {
    CHECK(std::holds_alternative<ExitCode>(parse(wrong)));
  }
}

TEST_CASE("top looks each second until it is told otherwise") {
  const auto plain = parsed({"top"});
  CHECK(plain.verb == CommandOptions::Verb::kTop);
  CHECK(plain.top.interval == std::chrono::seconds(1));
  CHECK(plain.top.count == 0);
  const auto told = parsed({"top", "--interval", "250ms", "--count", "3"});
  CHECK(told.top.interval == std::chrono::milliseconds(250));
  CHECK(told.top.count == 3);
  for (const auto* interval : {"0", "1", "99ms", "-1s", "soon"}) {
    CAPTURE(interval);
    CHECK(std::holds_alternative<ExitCode>(parse({"top", "--interval", interval})));
  }
}
