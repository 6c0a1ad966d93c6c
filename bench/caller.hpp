// A calling process of the bus. The one place that knows by which library it calls.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "bench/work.hpp"
#include "client/bus_client.hpp"
#include "protocol/keys.hpp"

namespace sqlbus::bench {

// Every failure throws std::runtime_error.
class Caller {
 public:
  explicit Caller(const std::string& redis_socket,
                  const std::string& queue = std::string(keys::kDefaultQueue));

  // Puts it on the queue and returns when Redis has it.
  void send(const Request& request);
  // The same for many, pipelined.
  void send(std::span<const Request> requests);
  // A query by key that waits for its row.
  void select(std::string_view table, std::int64_t id);

 private:
  BusClient client_;
};

// A query by key that waits, as anybody sends it; the reply is to come on its RCHANNEL.
Request select_request(std::string_view table, std::int64_t id);
// Throws where it is not one row.
void expect_row(const Response& response);

// Puts so much work on the default queue.
void fill_queue(const std::string& redis_socket, WorkSource& source, Shape shape,
                std::int64_t count);

}  // namespace sqlbus::bench
