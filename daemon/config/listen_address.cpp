#include "daemon/config/listen_address.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>

namespace sqlbus {
namespace {

bool is_address(int family, const std::string& host) {
  in6_addr parsed{};  // large enough for both
  return inet_pton(family, host.c_str(), &parsed) == 1;
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  ListenAddress address;
  if (text.find('/') != std::string_view::npos) {
    if (text.size() >= sizeof(sockaddr_un::sun_path)) return Error{"is too long for a socket"};
    address.unix_socket = text;
    return address;
  }
  const auto colon = text.rfind(':');
  const Error wrong{"is neither address:port nor the path of a socket"};
  if (colon == std::string_view::npos) return wrong;
  const auto port = text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), address.port, 10);
  if (port.empty() || error != std::errc{} || end != port.data() + port.size()) return wrong;
  auto host = text.substr(0, colon);
  const bool is_v6 = host.starts_with('[') && host.ends_with(']');
  if (is_v6) host = host.substr(1, host.size() - 2);
  address.host = host;
  if (!is_address(is_v6 ? AF_INET6 : AF_INET, address.host)) {
    return Error{"needs an address in digits before the port, 127.0.0.1 or [::1]"};
  }
  return address;
}

}  // namespace sqlbus
