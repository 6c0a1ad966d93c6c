#include "bench/plain_loop.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <utility>
#include <vector>

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

class Server {
 public:
  Server(std::string queue, PlainLoop::Execution execution, test::RedisClient redis,
         PgConnection postgres)
      : queue_(std::move(queue)),
        is_to_be_prepared_(execution == PlainLoop::Execution::kPrepared),
        redis_(std::move(redis)),
        postgres_(std::move(postgres)) {}

  void run() {
    for (;;) {
      const auto popped = redis_.command({"BLPOP", queue_, "0"});
      if (popped[1].text == kEnd) return;
      answer(popped[1].text);
    }
  }

 private:
  void answer(const std::string& envelope) {
    rapidjson::Document request;
    request.Parse(envelope.data(), envelope.size());
    const std::array params = {std::to_string(request["PARAMS"][0].GetInt64())};
    const auto row = execute(request["STATEMENT"].GetString(), params);
    redis_.command(
        {"LPUSH", request["RCHANNEL"].GetString(), response_of(request["UUID"].GetString(), row)});
  }

  std::vector<std::string> execute(const char* sql, PgConnection::Params params) {
    if (!is_to_be_prepared_) return postgres_.query_row(sql, params);
    if (!std::exchange(is_prepared_, true)) postgres_.prepare(kPrepared, sql);
    return postgres_.query_row_prepared(kPrepared, params);
  }

  static constexpr const char* kPrepared = "select";

  std::string queue_;
  bool is_to_be_prepared_;
  bool is_prepared_ = false;
  test::RedisClient redis_;
  PgConnection postgres_;
};

std::string queue_of(PlainLoop::Execution execution) {
  return execution == PlainLoop::Execution::kParsed ? "PlainLoop" : "PreparedLoop";
}

}  // namespace

PlainLoop::PlainLoop(const std::string& redis_socket, const std::string& conninfo,
                     Execution execution)
    : queue_(queue_of(execution)),
      redis_(test::RedisClient::over_socket(redis_socket)),
      thread_(&Server::run, Server(queue_, execution, test::RedisClient::over_socket(redis_socket),
                                   PgConnection(conninfo))) {}

PlainLoop::~PlainLoop() { redis_.command({"LPUSH", queue_, kEnd}); }

}  // namespace sqlbus::bench
