// A caller that waits for the row it asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/bus_client.hpp"
#include "protocol/keys.hpp"

namespace sqlbus::bench {

// Every failure throws std::runtime_error.
class Asker {
 public:
  explicit Asker(const std::string& redis_socket,
                 const std::string& queue = std::string(keys::kDefaultQueue));

  // A query by key that waits for its row.
  void select(std::string_view table, std::int64_t id);

 private:
  BusClient client_;
};

// A query by key that waits, as anybody sends it; the reply is to come on its RCHANNEL.
Request select_request(std::string_view table, std::int64_t id);
// Throws where it is not one row.
void expect_row(const Response& response);

}  // namespace sqlbus::bench
