#include "bench/asker.hpp"

#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <utility>

#include "protocol/uuid.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::chrono::minutes kPatience{1};

BusClient connect(const std::string& socket, const std::string& queue) {
  RedisAddress address;
  address.unix_socket = socket;
  auto client = BusClient::connect(address, queue, std::chrono::seconds{30});
  if (!client) throw std::runtime_error(client.error().message);
  return *std::move(client);
}

}  // namespace

Asker::Asker(const std::string& redis_socket, const std::string& queue)
    : client_(connect(redis_socket, queue)) {}

void Asker::select(std::string_view table, std::int64_t id) {
  const auto answer = client_.ask(select_request(table, id), kPatience);
  if (!answer) throw std::runtime_error(answer.error().message);
  if (!*answer) throw std::runtime_error("a query is not answered");
  expect_row((*answer)->response);
}

Request select_request(std::string_view table, std::int64_t id) {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = "bench-select";
  request.pid = getpid();
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements = {{.sql = "SELECT name, amount FROM " + std::string(table) + " WHERE id = $1",
                         .params = {{.kind = Value::Kind::kInteger, .integer = id, .text = {}}}}};
  request.sync = true;
  request.rchannel = request.uuid;
  return request;
}

void expect_row(const Response& response) {
  if (response.error_id != 0) throw std::runtime_error(response.message);
  if (response.rows.size() != 1) throw std::runtime_error("a query finds no row");
}

}  // namespace sqlbus::bench
