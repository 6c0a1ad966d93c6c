// Where to listen: "127.0.0.1:9711", "[::1]:9711", or the path of a unix socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus {

struct ListenAddress {
  std::string unix_socket{};  // where set, host and port are not used
  std::string host{};         // in digits: nothing has to be resolved
  std::uint16_t port = 0;     // 0: one that is free

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// What holds a '/' is a path.
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace sqlbus
