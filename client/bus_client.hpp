// A caller's connection to the bus: one blocking connection to Redis. Not for several threads.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "client/redis_session.hpp"
#include "client/redis_url.hpp"
#include "protocol/clock.hpp"
#include "protocol/request.hpp"
#include "protocol/response.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// Every Error means that Redis could not be reached or refused; whether a request that was being
// sent is on the queue is then unknown, and its UUID makes sending it again harmless.
class BusClient {
 public:
  using milliseconds = std::chrono::milliseconds;

  // At the DEADLINE the bus says what became of the request: time for that to arrive.
  static constexpr milliseconds kVerdictTime{500};

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

  // The waiting alone, for a request that was sent; where nothing came it may be gone on with.
  Result<std::optional<Answer>> await(const Request& request, milliseconds timeout);

  // Redis has not closed the connection, as far as is known without asking.
  bool is_alive() const { return redis_.is_alive(); }

  // The clock that DEADLINE and NOT_BEFORE go by.
  Result<EpochTime> now();

 private:
  BusClient(RedisSession redis, std::string queue)
      : redis_(std::move(redis)), queue_(std::move(queue)) {}

  RedisSession redis_;
  std::string queue_;
};

}  // namespace sqlbus
