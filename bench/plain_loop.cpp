#include "bench/plain_loop.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>

#include "bench/pg_connection.hpp"

namespace sqlbus::bench {

namespace {

constexpr const char* kEnd = "end";

std::string response_of(const std::string& uuid, const std::vector<std::string>& row) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> json(text);
  json.StartObject();
  json.Key("UUID");
  json.String(uuid.c_str());
  json.Key("ERRORID");
  json.Int(0);
  json.Key("FIELD");
  json.StartArray();
  json.String("name");
  json.String("amount");
  json.EndArray();
  json.Key("RESULT");
  json.StartArray();
  json.StartArray();
  for (const std::string& cell : row) json.String(cell.c_str());
  json.EndArray();
  json.EndArray();
  json.EndObject();
  return {text.GetString(), text.GetSize()};
}

void answer(const std::string& envelope, PgConnection& postgres, test::RedisClient& redis) {
  rapidjson::Document request;
  request.Parse(envelope.data(), envelope.size());
  const std::array params = {std::to_string(request["PARAMS"][0].GetInt64())};
  const auto row = postgres.query_row(request["STATEMENT"].GetString(), params);
  redis.command(
      {"LPUSH", request["RCHANNEL"].GetString(), response_of(request["UUID"].GetString(), row)});
}

void serve(test::RedisClient redis, PgConnection postgres) {
  for (;;) {
    const auto popped = redis.command({"BLPOP", PlainLoop::kQueue, "0"});
    if (popped[1].text == kEnd) return;
    answer(popped[1].text, postgres, redis);
  }
}

}  // namespace

PlainLoop::PlainLoop(const std::string& redis_socket, const std::string& conninfo)
    : redis_(test::RedisClient::over_socket(redis_socket)),
      thread_(serve, test::RedisClient::over_socket(redis_socket), PgConnection(conninfo)) {}

PlainLoop::~PlainLoop() { redis_.command({"LPUSH", kQueue, kEnd}); }

}  // namespace sqlbus::bench
