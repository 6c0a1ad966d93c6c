// A caller's connection to the bus: one blocking connection to Redis. Not for several threads.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "client/redis_url.hpp"
#include "protocol/clock.hpp"
#include "protocol/request.hpp"
#include "protocol/response.hpp"
#include "protocol/result.hpp"

struct redisContext;
struct redisReply;

namespace sqlbus {

// Every Error means that Redis could not be reached or refused; whether a request that was being
// sent is on the queue is then unknown, and its UUID makes sending it again harmless.
class BusClient {
 public:
  using milliseconds = std::chrono::milliseconds;

  struct Answer {
    Response response;
    std::string json;  // the response as it came
  };

  // `timeout` bounds connecting and every later answer of Redis.
  static Result<BusClient> connect(const RedisAddress& address, std::string queue,
                                   milliseconds timeout);

  // Puts a request on the queue and does not wait for its effect.
  Status send(const Request& request);
  // The same for many, in one go.
  Status send(std::span<const Request> requests);

  // Sends a SYNC request and waits for its response on its RCHANNEL; nothing where none came
  // within `timeout`: the channel is given up then, and a late response expires.
  Result<std::optional<Answer>> ask(const Request& request, milliseconds timeout);

  // The clock that DEADLINE and NOT_BEFORE go by.
  Result<EpochTime> now();

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };
  struct FreeReply {
    void operator()(redisReply* reply) const;
  };
  using OwnedReply = std::unique_ptr<redisReply, FreeReply>;
  using Arguments = std::span<const std::string_view>;

  BusClient(std::unique_ptr<redisContext, Close> context, std::string queue, milliseconds timeout);

  Status log_in(const RedisAddress& address);
  Result<OwnedReply> command(Arguments arguments, milliseconds timeout);
  Result<OwnedReply> read_reply();
  Error connection_error() const;

  std::unique_ptr<redisContext, Close> context_;
  std::string queue_;
  milliseconds timeout_;
};

}  // namespace sqlbus
