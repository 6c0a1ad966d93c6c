#include "tests/integration/scene.hpp"

#include <utility>

#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"
#include "protocol/uuid.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {

std::string numbered_key(Store store) {
  switch (store) {
    case Store::kSqlite:
      return "integer primary key";
    case Store::kMariaDb:
      return "integer primary key auto_increment";
    case Store::kPostgres:
    case Store::kOdbcPostgres:
      break;
  }
  return "serial primary key";
}

Scene::Scene(Store store, Options options) : store_(store), options_(std::move(options)) {
  if (store_ == Store::kPostgres || store_ == Store::kOdbcPostgres) postgres_.emplace();
  if (store_ == Store::kMariaDb) mariadb_.emplace();
  if (options_.starts_bus) start_bus();
}

std::string Scene::config() const {
  return bus_config({.redis_socket = redis_.socket(),
                     .redis_lines = options_.redis_lines,
                     .queue = options_.queue,
                     .database = database_section() + options_.database_lines + "\n",
                     .limits = options_.limits,
                     .other_sections = options_.other_sections});
}

std::string Scene::database_section() const {
  if (store_ == Store::kOdbcPostgres) return postgres_->odbc_section();
  if (postgres_) return postgres_->section();
  return mariadb_ ? mariadb_->section() : sqlite_section(sqlite_file());
}

void Scene::start_bus() {
  bus_.emplace(config());
  REQUIRE(bus_->wait_ready());
}

Request Scene::request(std::string sql, bool sync) {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = "test";
  request.pid = 1;
  request.sync = sync;
  if (sync) request.rchannel = request.uuid;
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements.push_back({std::move(sql), {}});
  return request;
}

std::string Scene::encode(const Request& request) { return encode_request(request); }

void Scene::push(std::string_view envelope, std::string_view queue) {
  REQUIRE_FALSE(redis_.command({"LPUSH", queue, envelope}).is_error());
}

void Scene::push_all(const std::vector<std::string>& statements) {
  auto client = redis_.connect();
  for (const auto& sql : statements) client.append({"LPUSH", kQueue, encode(request(sql, false))});
  for (std::size_t i = 0; i < statements.size(); ++i) REQUIRE_FALSE(client.read().is_error());
}

Response Scene::answer(std::string_view channel, std::chrono::seconds limit) {
  auto client = redis_.connect();
  const auto reply = client.command({"BRPOP", channel, std::to_string(limit.count())});
  INFO("log of the bus: " << (bus_ ? bus_->log() : ""));
  REQUIRE_MESSAGE(!reply.is_nil(), "no response on ", channel);
  auto response = decode_response(reply[1].text);
  REQUIRE_MESSAGE(response.ok(), reply[1].text);
  return *std::move(response);
}

Response Scene::ask(const Request& request) {
  push(request);
  auto response = answer(request.rchannel);
  REQUIRE(response.uuid == request.uuid);
  return response;
}

std::string Scene::value(const std::string& sql) {
  const auto response = ask(sql);
  INFO(response.message);
  REQUIRE(response.error_id == 0);
  REQUIRE(response.rows.size() == 1);
  return response.rows[0][0].text;
}

std::size_t Scene::dead_count() {
  return static_cast<std::size_t>(redis_.command({"LLEN", kDead}).integer);
}

DeadLetter Scene::dead(std::size_t index) {
  const auto reply = redis_.command({"LINDEX", kDead, std::to_string(index)});
  REQUIRE_FALSE(reply.is_nil());
  auto letter = decode_dead_letter(reply.text);
  REQUIRE_MESSAGE(letter.ok(), reply.text);
  return *std::move(letter);
}

// One look: between two of them a take-over could move what is in flight back to the queue.
bool Scene::is_empty() {
  return redis_
             .command({"EVAL",
                       "return redis.call('EXISTS', KEYS[1]) + #redis.call('KEYS', ARGV[1])", "1",
                       kQueue, "*:inflight:*"})
             .integer == 0;
}

bool Scene::is_drained() {
  return eventually([this] { return is_empty(); }, std::chrono::seconds{60});
}

}  // namespace sqlbus::test
