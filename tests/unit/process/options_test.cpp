#include "daemon/process/options.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "daemon/process/version.hpp"

namespace sqlbus {
namespace {

using Action = Options::Action;

Result<Options> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sqlbusd");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

Options parsed(const std::vector<const char*>& arguments) {
  const Result<Options> options = parse(arguments);
  REQUIRE_MESSAGE(options.ok(), options.error().message);
  return *options;
}

TEST_CASE("without flags the daemon runs as its configuration file says") {
  const Options options = parsed({});
  CHECK(options.action == Action::kRun);
  CHECK(options.config_file == "/etc/sqlbus.ini");
  CHECK(options.pidfile.empty());
  CHECK_FALSE(options.background.has_value());
  CHECK_FALSE(options.debug);
}

TEST_CASE("every spelling of a flag means the same") {
  for (const char* const flag : {"-c", "--config", "--file"}) {
    CHECK(parsed({flag, "x.ini"}).config_file == "x.ini");
  }
  CHECK(parsed({"--config=x.ini"}).config_file == "x.ini");
  for (const char* const flag : {"-f", "--foreground"}) CHECK(parsed({flag}).background == false);
  for (const char* const flag : {"-b", "--background", "--daemonize"}) {
    CHECK(parsed({flag}).background == true);
  }
  for (const char* const flag : {"-p", "--pidfile"}) CHECK(parsed({flag, "x"}).pidfile == "x");
  for (const char* const flag : {"-d", "--debug"}) CHECK(parsed({flag}).debug);
}

TEST_CASE("flags choose another action than to run") {
  struct Case {
    const char* flag;
    Action action;
  };
  const Case cases[] = {{"-k", Action::kKill},
                        {"--kill", Action::kKill},
                        {"-v", Action::kVersion},
                        {"--version", Action::kVersion},
                        {"-h", Action::kHelp},
                        {"--help", Action::kHelp},
                        {"--ephemeral", Action::kEphemeral},
                        {"--check-config", Action::kCheckConfig},
                        {"--help-config", Action::kHelpConfig}};
  for (const Case& each : cases) {
    CAPTURE(each.flag);
    CHECK(parsed({each.flag}).action == each.action);
  }
  CHECK(parsed({"-k", "-p", "x", "-c", "y"}).action == Action::kKill);
  CHECK(parsed({"--kill", "--help"}).action == Action::kHelp);
}

TEST_CASE("flags that make no sense are one line that names them") {
  struct Case {
    std::vector<const char*> arguments;
    std::string named;
  };
  const Case cases[] = {{{"--colour"}, "--colour"},
                        {{"-x"}, "-x"},
                        {{"run"}, "run"},
                        {{"-c"}, "--config"},
                        {{"-p"}, "--pidfile"},
                        {{"-f", "-b"}, "--foreground"},
                        {{"-k", "--check-config"}, "--check-config"},
                        {{"-v", "--help-config"}, "--version"}};
  for (const Case& each : cases) {
    const Result<Options> options = parse(each.arguments);
    CAPTURE(each.named);
    REQUIRE_FALSE(options);
    CHECK(options.error().message.find(each.named) != std::string::npos);
    CHECK(options.error().message.find('\n') == std::string::npos);
  }
}

TEST_CASE("the help names every flag") {
  const std::string help = help_options();
  for (const char* const flag :
       {"-c,--config,--file", "-f,--foreground", "-b,--background,--daemonize", "-p,--pidfile",
        "-d,--debug", "-k,--kill", "-v,--version", "-h,--help", "--check-config", "--help-config",
        "/etc/sqlbus.ini"}) {
    CAPTURE(flag);
    CHECK(help.find(flag) != std::string::npos);
  }
}

TEST_CASE("the version is three numbers") {
  CHECK(std::count(version().begin(), version().end(), '.') == 2);
}

}  // namespace
}  // namespace sqlbus
