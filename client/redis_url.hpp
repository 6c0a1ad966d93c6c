// Where a Redis is, as people write it: redis://[user:password@]host[:port][/db] or
// unix://[user:password@]/path[?db=N].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus {

struct RedisAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string unix_socket = {};  // where set, host and port are not used
  std::string username = {};     // an ACL user; empty: the default one
  std::string password = {};     // secret
  std::int64_t database = 0;

  friend bool operator==(const RedisAddress&, const RedisAddress&) = default;
};

// User and password may hold %XX. An error never repeats the password.
Result<RedisAddress> parse_redis_url(std::string_view url);

// For messages: "127.0.0.1:6379" or the socket's path, without secrets.
std::string describe(const RedisAddress& address);

}  // namespace sqlbus
