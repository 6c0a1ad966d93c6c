#include "tests/support/http_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace sqlbus::test {

HttpClient::HttpClient(const std::string& socket_path)
    : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), socket_path);
  }
}

void HttpClient::send(std::string_view bytes) {
  if (::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "http client");
  }
}

std::string HttpClient::read_all(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::string text;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd readable{fd_.get(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) <= 0) return text;
    std::array<char, 65536> buffer{};
    const auto count = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

HttpReply http_request(const std::string& socket_path, const std::string& method,
                       const std::string& target) {
  HttpClient client(socket_path);
  client.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto text = client.read_all();
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  return {std::atoi(text.c_str() + text.find(' ')), text.substr(0, end + 2), text.substr(end + 4)};
}

}  // namespace sqlbus::test
