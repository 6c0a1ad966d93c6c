#include "bench/bus_side.hpp"

#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "protocol/keys.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::size_t kPipelined = 100;
constexpr std::chrono::minutes kPatience{5};

BusClient connect(const std::string& socket) {
  RedisAddress address;
  address.unix_socket = socket;
  auto client =
      BusClient::connect(address, std::string(keys::kDefaultQueue), std::chrono::seconds{5});
  if (!client) throw std::runtime_error(client.error().message);
  return *std::move(client);
}

}  // namespace

BusSide::BusSide(const std::string& redis_socket) : client_(connect(redis_socket)) {
  Request table = new_request("", 0);
  table.statements = {
      {.sql = "CREATE TABLE bus_rows (id BIGINT PRIMARY KEY, name TEXT, amount NUMERIC)",
       .params = {}}};
  ask(std::move(table));
}

void BusSide::drain(std::int64_t count) {
  std::vector<Request> batch;
  for (std::int64_t i = 0; i < count; ++i) {
    batch.push_back(new_request(
        "INSERT INTO bus_rows (id, name, amount) VALUES ($1, 'somebody', 12.50)", ++rows_));
    if (batch.size() < kPipelined && i + 1 < count) continue;
    if (const Status sent = client_.send(batch); !sent) {
      throw std::runtime_error(sent.error().message);
    }
    batch.clear();
  }
  const Response response = ask(new_request("SELECT count(*) FROM bus_rows WHERE id <= $1", rows_));
  if (response.rows.at(0).at(0).text != std::to_string(rows_)) {
    throw std::runtime_error("the bus lost rows: " + response.rows[0][0].text);
  }
}

void BusSide::select(std::int64_t number) {
  const Response response =
      ask(new_request("SELECT name, amount FROM bus_rows WHERE id = $1", number));
  if (response.rows.size() != 1) throw std::runtime_error("the bus finds no row");
}

Request BusSide::new_request(const char* sql, std::int64_t number) const {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = "bench";
  request.pid = getpid();
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements = {
      {.sql = sql, .params = {{.kind = Value::Kind::kInteger, .integer = number, .text = {}}}}};
  return request;
}

Response BusSide::ask(Request request) {
  request.sync = true;
  request.rchannel = request.uuid;
  auto answer = client_.ask(request, kPatience);
  if (!answer) throw std::runtime_error(answer.error().message);
  if (!*answer) throw std::runtime_error("the bus does not answer");
  if ((*answer)->response.error_id != 0) throw std::runtime_error((*answer)->response.message);
  return (*std::move(answer))->response;
}

}  // namespace sqlbus::bench
