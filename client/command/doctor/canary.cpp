#include "client/command/doctor/canary.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "client/bus_client.hpp"
#include "protocol/error_id.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus::doctor {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kDeadline{3000};
constexpr double kSlowMs = 1000;

Request canary(const std::optional<std::string>& database, EpochTime deadline) {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = "sqlbus doctor";
  request.pid = getpid();
  request.sync = true;
  request.rchannel = request.uuid;
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements = {{.sql = "select 1", .params = {}}};
  if (database) request.database = *database;
  request.deadline = deadline;
  return request;
}

std::string text_of(const Response& response) {
  return "ERRORID " + std::to_string(response.error_id) +
         (response.sqlstate.empty() ? "" : ", SQLSTATE " + response.sqlstate) + ": " +
         response.message;
}

}  // namespace

void send_canary(const BusAddress& address, const std::string& queue,
                 const std::optional<std::string>& database, Findings& findings) {
  const auto check = "round trip " + queue + ", database " + database.value_or("by default");
  auto bus = BusClient::connect(address.redis, queue, address.connect_timeout);
  const auto now = bus ? bus->now() : Result<EpochTime>(bus.error());
  if (!now) return findings.fail(check, now.error().message, "look at Redis");
  const auto request = canary(database, *now + kDeadline);
  const auto start = Clock::now();
  const auto answer = bus->ask(request, kDeadline + BusClient::kVerdictTime);
  const double took = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (!answer) return findings.fail(check, answer.error().message, "look at Redis");
  const std::string look = "look at the daemon's log, and at `sqlbus status`";
  if (!*answer) {
    return findings.fail(check,
                         "no answer within " + milliseconds_text(static_cast<double>(
                                                   (kDeadline + BusClient::kVerdictTime).count())),
                         look);
  }
  const auto& response = (*answer)->response;
  if (response.error_id != 0) return findings.fail(check, text_of(response), look);
  const auto said = response.dbtype + " has answered after " + milliseconds_text(took);
  if (took < kSlowMs) return findings.ok(check, said);
  findings.warn(check, said, "watch `sqlbus top`: what is before it, and how long it takes");
}

}  // namespace sqlbus::doctor
