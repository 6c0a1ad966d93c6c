// sqlbusd: the bill of materials. Reads the flags and the configuration, loads the drivers, and
// runs the bus until a signal ends it.
#include <sys/resource.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/bus.hpp"
#include "daemon/config/fingerprint.hpp"
#include "daemon/config/help_config.hpp"
#include "daemon/config/parse_settings.hpp"
#include "daemon/config/settings_text.hpp"
#include "daemon/ephemeral.hpp"
#include "daemon/process/daemonize.hpp"
#include "daemon/process/exit_code.hpp"
#include "daemon/process/heap.hpp"
#include "daemon/process/notify.hpp"
#include "daemon/process/options.hpp"
#include "daemon/process/pidfile.hpp"
#include "daemon/process/version.hpp"
#include "daemon/reloader.hpp"
#include "daemon/supervision.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {
namespace {

constexpr milliseconds kLastLines{2000};

int complain(const Error& error, int exit_status) {
  std::fprintf(stderr, "sqlbusd: %s\n", error.message.c_str());
  return exit_status;
}

InstanceFacts facts_of(const Settings& settings) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {.id = make_uuid_v7(),
          .host = host.data(),
          .version = std::string(version()),
          .fingerprint = fingerprint_of(settings),
          .started = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()),
          .file = std::filesystem::absolute(settings.file),
          .settings = settings_text(settings)};
}

// A drain may take its whole time, and a statement that does not end a little more.
int kill_daemon(const std::string& pidfile, milliseconds drain_timeout) {
  if (pidfile.empty()) return complain({"--kill: no pidfile is configured"}, exit_code::kUsage);
  const auto killed = kill_running(pidfile, drain_timeout + milliseconds(10000));
  if (!killed) return complain(killed.error(), exit_code::kFailed);
  if (*killed == KillOutcome::kWasNotRunning) {
    return complain({"not running (" + pidfile + ")"}, exit_code::kNotRunning);
  }
  return exit_code::kDone;
}

// Who waits for us to be ready, and what ends with us. Either may be null.
struct Company {
  Starter* starter = nullptr;
  Ephemeral* ephemeral = nullptr;
};

// Threads may still run, and are not waited for; the last lines are, but not for long.
[[noreturn]] void end_at_once(Log& log, const Company& company) {
  log.flush(kLastLines);
  if (company.ephemeral != nullptr) company.ephemeral->end();
  std::_Exit(exit_code::kDone);
}

// Runs the bus until it has drained. A second signal ends the process where it stands: what is in
// flight stays in Redis for the next owner.
void run_bus(const Settings& settings, Log& log, const std::vector<Driver>& drivers, bool debug,
             const Company& company) {
  EventLoop loop;
  const auto instance = facts_of(settings);
  bool is_draining = false;
  Bus bus(loop, settings, log, instance, drivers,
          {.on_ready =
               [&](const std::string& status) {
                 log.info("ready", {{"status", status}, {"pid", std::to_string(getpid())}});
                 (void)notify_status(status);
                 (void)notify_ready();
                 if (company.starter != nullptr) (void)company.starter->report_ready();
                 if (company.ephemeral != nullptr) company.ephemeral->announce();
               },
           .on_done =
               [&](bool is_clean) {
                 log.info("stopped");
                 // A statement that cannot be ended would keep its thread, and so us, for ever.
                 if (!is_clean) end_at_once(log, company);
                 loop.stop();
               }});
  const auto end = [&] {
    if (std::exchange(is_draining, true)) {
      log.warning("stopped without waiting: what is in flight stays in redis");
      end_at_once(log, company);
    }
    log.info("stopping");
    (void)notify_stopping();
    bus.drain();
  };
  const SignalWatcher on_term(loop, SIGTERM, end);
  const SignalWatcher on_int(loop, SIGINT, end);
  if (company.ephemeral != nullptr) company.ephemeral->take_signals();
  Reloader reloader(bus, log, {.debug = debug, .is_in_background = company.starter != nullptr});
  const SignalWatcher on_hup(loop, SIGHUP, [&] {
    if (!is_draining) reloader.reload();
  });
  const SignalWatcher on_usr1(loop, SIGUSR1, [&] { reloader.reopen_log(); });
  const Supervision supervision(loop, bus, log);
  bus.start();
  loop.run();
}

int serve(const Settings& settings, const std::vector<Driver>& drivers,
          const std::string& pidfile_path, bool debug, const Company& company) {
  tune_heap();  // before the first thread
  const auto fail = [&](const Error& error) {
    if (company.starter != nullptr) {
      company.starter->report_failure(error.message);
      return exit_code::kFailed;
    }
    return complain(error, exit_code::kFailed);
  };
  std::unique_ptr<Pidfile> pidfile;
  if (!pidfile_path.empty()) {
    auto claimed = Pidfile::claim(pidfile_path);
    if (!claimed) return fail(claimed.error());
    pidfile = *std::move(claimed);
  }
  auto log = Log::open(settings.log);
  if (!log) return fail(log.error());
  run_bus(settings, **log, drivers, debug, company);
  return exit_code::kDone;
}

int enter_folder(const Settings& settings) {
  if (settings.chdir.empty() || chdir(settings.chdir.c_str()) == 0) return exit_code::kDone;
  return complain({"[default] chdir: cannot enter " + settings.chdir}, exit_code::kFailed);
}

int start_in_background(const Settings& settings, const std::vector<Driver>& drivers,
                        const std::string& pidfile, bool debug) {
  if (settings.log.path().empty()) {
    return complain({"[log] filename: needed in the background"}, exit_code::kNotConfigured);
  }
  auto starter = daemonize("");
  if (!starter) return complain(starter.error(), exit_code::kFailed);
  if (!*starter) return exit_code::kDone;
  return serve(settings, drivers, pidfile, debug, {.starter = starter->get()});
}

int start(Settings settings, const Options& options, Ephemeral* ephemeral = nullptr) {
  const auto drivers = load_drivers(settings);
  if (!drivers) return complain(drivers.error(), exit_code::kNotConfigured);
  if (options.action == Options::Action::kCheckConfig) {
    std::printf("%s: no faults\n", settings.file.c_str());
    return exit_code::kDone;
  }
  if (options.debug) settings.log.level = LogSettings::Level::kDebug;
  const auto pidfile = options.pidfile.empty() ? settings.pidfile : options.pidfile;
  // Those that ask for something end nothing, however early they come; a file that may not grow any
  // more is a fault like a full disk.
  for (const int signal_number : {SIGPIPE, SIGXFSZ, SIGHUP, SIGUSR1})
    signal(signal_number, SIG_IGN);
  if (options.background.value_or(settings.daemonize)) {
    return start_in_background(settings, *drivers, pidfile, options.debug);
  }
  return serve(settings, *drivers, pidfile, options.debug, {.ephemeral = ephemeral});
}

int start_ephemeral(const Options& options) {
  const auto ephemeral = Ephemeral::start();
  if (!ephemeral) return complain(ephemeral.error(), exit_code::kFailed);
  return start((*ephemeral)->settings(), options, ephemeral->get());
}

int run(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) return complain(options.error(), exit_code::kUsage);
  switch (options->action) {
    case Options::Action::kHelp:
      std::fputs(help_options().c_str(), stdout);
      return 0;
    case Options::Action::kHelpConfig:
      std::fputs(help_config().c_str(), stdout);
      return 0;
    case Options::Action::kVersion:
      std::printf("sqlbusd %s\n", std::string(version()).c_str());
      return 0;
    case Options::Action::kEphemeral:
      return start_ephemeral(*options);
    case Options::Action::kRun:
    case Options::Action::kKill:
    case Options::Action::kCheckConfig:
      break;
  }
  const bool is_kill = options->action == Options::Action::kKill;
  if (is_kill && !options->pidfile.empty()) {
    return kill_daemon(options->pidfile, LimitSettings{}.drain_timeout);
  }
  auto settings = load_settings(options->config_file);
  if (!settings) return complain(settings.error(), exit_code::kNotConfigured);
  if (const int status = enter_folder(*settings); status != exit_code::kDone) return status;
  if (is_kill) return kill_daemon(settings->pidfile, settings->limits.drain_timeout);
  return start(*std::move(settings), *options);
}

}  // namespace
}  // namespace sqlbus

int main(int argc, char** argv) { return sqlbus::run(argc, argv); }
