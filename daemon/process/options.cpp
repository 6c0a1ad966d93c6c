#include "daemon/process/options.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <utility>

#include "daemon/config/parse_settings.hpp"

namespace sqlbus {
namespace {

using Action = Options::Action;

struct Flags {
  Options options;
  bool foreground = false;
  bool background = false;
  bool ephemeral = false;
  bool kill = false;
  bool check_config = false;
  bool help_config = false;
  bool version = false;
  bool help = false;
};

// The app keeps references to the flags.
std::unique_ptr<CLI::App> describe(Flags& flags) {
  auto app = std::make_unique<CLI::App>("Forwards SQL from a Redis queue to databases.", "sqlbusd");
  app->set_help_flag();  // none of CLI11's own: --help is an action like the others
  Options& options = flags.options;
  options.config_file = kDefaultSettingsFile;
  CLI::Option* config =
      app->add_option("-c,--config,--file", options.config_file, "The configuration file")
          ->type_name("FILE")
          ->capture_default_str();
  app->add_option("-p,--pidfile", options.pidfile, "Holds the process id while the daemon runs")
      ->type_name("FILE");
  app->add_flag("-f,--foreground", flags.foreground, "Stay in the foreground (the default)");
  CLI::Option* background =
      app->add_flag("-b,--background,--daemonize", flags.background, "Run in the background");
  app->add_flag("--ephemeral", flags.ephemeral,
                "Run on a Redis and an SQLite of its own, in a temporary folder that goes with it; "
                "print their address as JSON on one line, and log to standard error")
      ->excludes(config)
      ->excludes(background);
  app->add_flag("-d,--debug", options.debug, "Log at level debug");
  app->add_flag("-k,--kill", flags.kill, "End the daemon that holds the pidfile, and wait for it");
  app->add_flag("--check-config", flags.check_config,
                "Tell all faults of the configuration file, and end");
  app->add_flag("--help-config", flags.help_config,
                "Print every section and key of the configuration file");
  app->add_flag("-v,--version", flags.version, "Print the version");
  app->add_flag("-h,--help", flags.help, "Print this help");
  return app;
}

Result<Action> choose_action(const Flags& flags) {
  if (flags.help) return Action::kHelp;
  if (flags.foreground && flags.background) {
    return Error{"--foreground and --background exclude one another"};
  }
  Action chosen = Action::kRun;
  for (const auto& [is_given, action] :
       {std::pair{flags.version, Action::kVersion}, std::pair{flags.ephemeral, Action::kEphemeral},
        std::pair{flags.help_config, Action::kHelpConfig},
        std::pair{flags.check_config, Action::kCheckConfig},
        std::pair{flags.kill, Action::kKill}}) {
    if (!is_given) continue;
    if (chosen != Action::kRun) {
      return Error{
          "--ephemeral, --kill, --check-config, --help-config and --version exclude one another"};
    }
    chosen = action;
  }
  return chosen;
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
  Flags flags;
  const auto app = describe(flags);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Error{std::string(error.what()) + " (sqlbusd --help lists the flags)"};
  }
  Result<Action> action = choose_action(flags);
  if (!action) return std::move(action).error();
  flags.options.action = *action;
  if (flags.foreground || flags.background) flags.options.background = flags.background;
  return std::move(flags.options);
}

void visit_options(const std::function<void(const CLI::App&)>& visit) {
  Flags flags;
  visit(*describe(flags));
}

std::string help_options() {
  Flags flags;
  return describe(flags)->help();
}

}  // namespace sqlbus
