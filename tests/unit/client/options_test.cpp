#include "client/command/options.hpp"

#include <doctest/doctest.h>

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
  const CommandOptions options =
      parsed({"query", "SELECT 1", "--redis", "redis://h", "--queue", "urgent", "--database",
              "orders", "--key", "k", "--app", "till", "--timeout", "1500ms", "--json"});
  CHECK(options.redis_url == "redis://h");
  CHECK(options.queue == "urgent");
  CHECK(options.database == "orders");
  CHECK(options.key == "k");
  CHECK(options.app == "till");
  CHECK(options.timeout == std::chrono::milliseconds{1500});
  CHECK(options.json);
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
      {"query", "--redis", "redis://h", "--config", "f", "SELECT 1"},
  };
  for (const auto& arguments : cases) {
    CAPTURE(arguments.size());
    const auto outcome = parse(arguments);
    REQUIRE(std::holds_alternative<ExitCode>(outcome));
    CHECK(std::get<ExitCode>(outcome) == ExitCode::kUsage);
  }
}

TEST_CASE("help and version are no error") {
  for (const char* flag : {"--help", "-h", "--version", "-v"}) {
    CAPTURE(flag);
    const auto outcome = parse({flag});
    REQUIRE(std::holds_alternative<ExitCode>(outcome));
    CHECK(std::get<ExitCode>(outcome) == ExitCode::kOk);
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
