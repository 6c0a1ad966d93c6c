#include "client/command/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>

#include "client/bus_client.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/dead.hpp"
#include "client/command/doctor/doctor.hpp"
#include "client/command/driver_check.hpp"
#include "client/command/ledger_ddl.hpp"
#include "client/command/pause.hpp"
#include "client/command/reload.hpp"
#include "client/command/status.hpp"
#include "client/command/table_printer.hpp"
#include "client/command/top/top.hpp"
#include "client/command/trace.hpp"
#include "protocol/error_id.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {

namespace {

// At the DEADLINE the bus says what became of the request: time for that to arrive.
constexpr std::chrono::milliseconds kVerdictTime{500};

ExitCode complain(const Error& error, ExitCode code) {
  std::cerr << "sqlbus: " << error.message << "\n";
  return code;
}

std::string sql_of(const CommandOptions& options) {
  if (!options.sql.empty() && options.sql != "-") return options.sql;
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

Request request_of(const CommandOptions& options) {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = options.app;
  request.pid = getpid();
  request.sync = options.sync;
  if (options.sync) request.rchannel = request.uuid;
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements = {{.sql = sql_of(options), .params = options.params}};
  request.database = options.database;
  request.key = options.key;
  return request;
}

// error -1 EXECUTION_FAILED (23505): duplicate key …
void print_error(const Response& response) {
  std::cerr << "error " << response.error_id;
  const auto rows = error_table();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const ErrorRow& candidate) {
    return static_cast<std::int32_t>(candidate.id) == response.error_id;
  });
  if (row != rows.end()) std::cerr << " " << row->name;
  if (!response.sqlstate.empty()) std::cerr << " (" << response.sqlstate << ")";
  std::cerr << ": " << response.message << "\n";
}

ExitCode print_answer(const BusClient::Answer& answer, bool as_json) {
  const Response& response = answer.response;
  if (as_json) std::cout << answer.json << "\n";
  if (response.error_id != 0) {
    if (!as_json) print_error(response);
    return ExitCode::kRefused;
  }
  if (as_json) return ExitCode::kOk;
  if (response.fields.empty()) {
    std::cout << "AFFECTED " << response.affected << "\n";
  } else {
    std::cout << render_table(response);
  }
  return ExitCode::kOk;
}

ExitCode ask(BusClient& bus, Request& request, const CommandOptions& options) {
  const auto now = bus.now();
  if (!now) return complain(now.error(), ExitCode::kUnreachable);
  request.deadline = *now + options.timeout;
  const auto answer = bus.ask(request, options.timeout + kVerdictTime);
  if (!answer) return complain(answer.error(), ExitCode::kUnreachable);
  if (!*answer) return complain({"no answer within --timeout"}, ExitCode::kTimeout);
  return print_answer(**answer, options.json);
}

ExitCode send_request(const CommandOptions& options) {
  auto address = find_bus(options);
  if (!address) return complain(address.error(), ExitCode::kUsage);
  Request request = request_of(options);
  if (request.statements[0].sql.view().find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return complain({"there is no statement to send"}, ExitCode::kUsage);
  }
  auto bus = BusClient::connect(address->redis, address->queue, address->connect_timeout);
  if (!bus) return complain(bus.error(), ExitCode::kUnreachable);
  if (options.sync) return ask(*bus, request, options);
  if (const Status sent = bus->send(request); !sent) {
    return complain(sent.error(), ExitCode::kUnreachable);
  }
  std::cout << request.uuid << "\n";
  return ExitCode::kOk;
}

}  // namespace

ExitCode run_command(const CommandOptions& options) {
  switch (options.verb) {
    case CommandOptions::Verb::kQuery:
    case CommandOptions::Verb::kExec:
      return send_request(options);
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
  }
  return ExitCode::kUsage;
}

}  // namespace sqlbus
