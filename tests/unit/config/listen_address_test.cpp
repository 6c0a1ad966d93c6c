#include "daemon/config/listen_address.hpp"

#include <doctest/doctest.h>

namespace sqlbus {

TEST_CASE("an address is a host in digits with a port, or a path") {
  CHECK(*parse_listen_address("127.0.0.1:9711") ==
        ListenAddress{.host = "127.0.0.1", .port = 9711});
  CHECK(*parse_listen_address("0.0.0.0:0") == ListenAddress{.host = "0.0.0.0", .port = 0});
  CHECK(*parse_listen_address("[::1]:80") == ListenAddress{.host = "::1", .port = 80});
  CHECK(*parse_listen_address("/run/x.sock") == ListenAddress{.unix_socket = "/run/x.sock"});
  CHECK(*parse_listen_address("./x:1") == ListenAddress{.unix_socket = "./x:1"});
}

TEST_CASE("what is neither is refused") {
  for (const auto* text :
       {"", "9711", ":9711", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:8x", "::1:80", "[::1]", "[127.0.0.1]:80", "1.2.3:4"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen_address(text).ok());
  }
  CHECK(parse_listen_address("/" + std::string(106, 'x')).ok());
  CHECK_FALSE(parse_listen_address("/" + std::string(107, 'x')).ok());
}

}  // namespace sqlbus
