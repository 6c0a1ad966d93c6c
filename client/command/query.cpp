#include "client/command/query.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "client/bus_client.hpp"
#include "client/command/answer_printer.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {

namespace {

std::string all_of(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Result<std::string> sql_of(const CommandOptions& options) {
  if (!options.sql_file.empty() && options.sql_file != "-") {
    // A folder can be opened, but not read.
    if (std::filesystem::is_directory(options.sql_file)) {
      return Error{options.sql_file + ": is a folder"};
    }
    std::ifstream file(options.sql_file, std::ios::binary);
    if (!file.is_open()) return Error{options.sql_file + ": " + std::strerror(errno)};
    return all_of(file);
  }
  if (!options.sql.empty() && options.sql != "-") return options.sql;
  return all_of(std::cin);
}

ExitCode ask(BusClient& bus, Request& request, const CommandOptions& options) {
  const auto now = bus.now();
  if (!now) return complain(now.error().message, ExitCode::kUnreachable);
  request.deadline = *now + options.timeout;
  const auto answer = bus.ask(request, options.timeout + BusClient::kVerdictTime);
  if (!answer) return complain(answer.error().message, ExitCode::kUnreachable);
  if (!*answer) return complain("no answer within --timeout", ExitCode::kTimeout);
  return print_answer(**answer, options.format);
}

}  // namespace

Request make_request(const CommandOptions& options, std::string sql, Params params) {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = options.app;
  request.pid = getpid();
  request.sync = options.sync;
  if (options.sync) request.rchannel = request.uuid;
  request.timestamp = system_now();
  request.statements.push_back({.sql = std::move(sql), .params = std::move(params)});
  request.database = options.database;
  request.key = options.key;
  request.rows_max = options.rows_max;
  return request;
}

ExitCode run_query(const CommandOptions& options) {
  auto address = find_bus(options);
  if (!address) return complain(address.error().message, ExitCode::kUsage);
  auto sql = sql_of(options);
  if (!sql) return complain(sql.error().message, ExitCode::kUsage);
  if (sql->find_first_not_of(" \t\r\n") == std::string::npos) {
    return complain("there is no statement to send", ExitCode::kUsage);
  }
  Request request = make_request(options, *std::move(sql), options.params);
  auto bus = BusClient::connect(address->redis, address->queue, address->connect_timeout);
  if (!bus) return complain(bus.error().message, ExitCode::kUnreachable);
  if (options.sync) return ask(*bus, request, options);
  if (const Status sent = bus->send(request); !sent) {
    return complain(sent.error().message, ExitCode::kUnreachable);
  }
  std::cout << request.uuid << "\n";
  return ExitCode::kOk;
}

}  // namespace sqlbus
