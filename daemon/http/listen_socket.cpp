#include "daemon/http/listen_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sqlbus {
namespace {

constexpr int kBacklog = 64;

Error failed(std::string_view what) { return {std::string(what) + ": " + std::strerror(errno)}; }

Result<UniqueFd> make_socket(int family) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failed("socket");
  return fd;
}

template <typename Address>
Result<UniqueFd> bind_and_listen(UniqueFd fd, const Address& address) {
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(fd.get(), raw, sizeof address) != 0) return failed("bind");
  if (::listen(fd.get(), kBacklog) != 0) return failed("listen");
  return fd;
}

// The socket file of a daemon that was killed stays; one that answers is somebody's.
void remove_left_behind(const sockaddr_un& address) {
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(probe.get(), raw, sizeof address) == 0 || errno != ECONNREFUSED) return;
  ::unlink(address.sun_path);
}

Result<UniqueFd> listen_on_path(const std::string& path) {
  auto fd = make_socket(AF_UNIX);
  if (!fd) return fd;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  remove_left_behind(address);
  return bind_and_listen(*std::move(fd), address);
}

Result<UniqueFd> listen_on_port(const ListenAddress& where) {
  const bool is_v6 = where.host.find(':') != std::string::npos;
  auto fd = make_socket(is_v6 ? AF_INET6 : AF_INET);
  if (!fd) return fd;
  const int yes = 1;
  ::setsockopt(fd->get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (is_v6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(where.port);
    ::inet_pton(AF_INET6, where.host.c_str(), &address.sin6_addr);
    return bind_and_listen(*std::move(fd), address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(where.port);
  ::inet_pton(AF_INET, where.host.c_str(), &address.sin_addr);
  return bind_and_listen(*std::move(fd), address);
}

}  // namespace

Result<UniqueFd> open_listen_socket(const ListenAddress& address) {
  return address.unix_socket.empty() ? listen_on_port(address)
                                     : listen_on_path(address.unix_socket);
}

}  // namespace sqlbus
