#include "client/command/run.hpp"

#include "client/command/bench/bench.hpp"
#include "client/command/dead.hpp"
#include "client/command/doctor/doctor.hpp"
#include "client/command/driver_check.hpp"
#include "client/command/kv.hpp"
#include "client/command/ledger_ddl.hpp"
#include "client/command/load/load.hpp"
#include "client/command/pause.hpp"
#include "client/command/query.hpp"
#include "client/command/reload.hpp"
#include "client/command/shell/shell.hpp"
#include "client/command/status.hpp"
#include "client/command/top/top.hpp"
#include "client/command/trace.hpp"

namespace sqlbus {

ExitCode run_command(const CommandOptions& options) {
  switch (options.verb) {
    case CommandOptions::Verb::kQuery:
    case CommandOptions::Verb::kExec:
      return run_query(options);
    case CommandOptions::Verb::kLoad:
      return run_load(options);
    case CommandOptions::Verb::kShell:
      return run_shell(options);
    case CommandOptions::Verb::kBench:
      return run_bench(options);
    case CommandOptions::Verb::kDead:
      return run_dead(options);
    case CommandOptions::Verb::kTrace:
      return run_trace(options);
    case CommandOptions::Verb::kStatus:
      return run_status(options);
    case CommandOptions::Verb::kTop:
      return run_top(options);
    case CommandOptions::Verb::kReload:
      return run_reload(options);
    case CommandOptions::Verb::kLedger:
      return print_ledger_ddl(options);
    case CommandOptions::Verb::kPause:
      return run_pause(options);
    case CommandOptions::Verb::kResume:
      return run_resume(options);
    case CommandOptions::Verb::kDriverCheck:
      return become_driver_check(options);
    case CommandOptions::Verb::kDoctor:
      return run_doctor(options);
    case CommandOptions::Verb::kKv:
      return run_kv(options);
  }
  return ExitCode::kUsage;
}

}  // namespace sqlbus
