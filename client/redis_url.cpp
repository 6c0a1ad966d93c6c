#include "client/redis_url.hpp"

#include <charconv>
#include <cstddef>
#include <optional>

namespace sqlbus {

namespace {

// sun_path, without its NUL: what is longer would be cut.
constexpr std::size_t kSocketPathMax = 107;

template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text, int base = 10) {
  Integer number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto byte = parse_integer<std::uint8_t>(text.substr(i + 1, 2), 16);
    if (!byte) return std::nullopt;
    decoded += static_cast<char>(*byte);
    i += 2;
  }
  return decoded;
}

// Cuts `text` at the first `mark`; what stands behind it, nothing where there is no mark.
std::optional<std::string_view> cut_at(std::string_view& text, char mark) {
  const std::size_t position = text.find(mark);
  if (position == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(position + 1);
  text = text.substr(0, position);
  return rest;
}

Status read_credentials(std::string_view text, RedisAddress& address) {
  const auto password = percent_decode(cut_at(text, ':').value_or(""));
  const auto username = percent_decode(text);
  if (!username || !password) return Error{"a % in user or password is written %25"};
  address.username = *username;
  address.password = *password;
  return Done{};
}

Status read_database(std::string_view text, RedisAddress& address) {
  const auto number = parse_integer<std::int64_t>(text);
  if (!number || *number < 0) return Error{"the database is a number: " + std::string(text)};
  address.database = *number;
  return Done{};
}

// host, host:port, [ipv6] or [ipv6]:port.
Status read_host(std::string_view text, RedisAddress& address) {
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const auto rest = cut_at(text, ']');
    if (!rest || (!rest->empty() && !rest->starts_with(':'))) return Error{"'[' without ']'"};
    if (!rest->empty()) port = rest->substr(1);
  } else {
    port = cut_at(text, ':');
  }
  if (!text.empty()) address.host = text;
  if (!port) return Done{};
  const auto number = parse_integer<std::uint16_t>(*port);
  if (!number || *number == 0) return Error{"the port is 1 to 65535: " + std::string(*port)};
  address.port = *number;
  return Done{};
}

Status read_tcp(std::string_view rest, RedisAddress& address) {
  const auto database = cut_at(rest, '/');
  if (Status host = read_host(rest, address); !host) return host;
  return database && !database->empty() ? read_database(*database, address) : Done{};
}

Status read_unix(std::string_view rest, RedisAddress& address) {
  const auto query = cut_at(rest, '?');
  if (!rest.starts_with('/')) return Error{"the path of the socket begins with '/'"};
  if (rest.size() > kSocketPathMax) return Error{"the path of a socket has at most 107 bytes"};
  address.unix_socket = rest;
  if (!query) return Done{};
  if (!query->starts_with("db=")) return Error{"only ?db=N may follow the path"};
  return read_database(query->substr(3), address);
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  const std::size_t mark = url.find("://");
  const std::string_view scheme = url.substr(0, mark == std::string_view::npos ? 0 : mark);
  if (scheme != "redis" && scheme != "unix") {
    return Error{"a Redis URL begins with redis:// or unix://"};
  }
  RedisAddress address;
  std::string_view rest = url.substr(mark + 3);
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    if (Status read = read_credentials(rest.substr(0, at), address); !read) return read.error();
    rest.remove_prefix(at + 1);
  }
  const Status read = scheme == "unix" ? read_unix(rest, address) : read_tcp(rest, address);
  if (!read) return read.error();
  return address;
}

std::string describe(const RedisAddress& address) {
  if (!address.unix_socket.empty()) return address.unix_socket;
  return address.host + ":" + std::to_string(address.port);
}

}  // namespace sqlbus
