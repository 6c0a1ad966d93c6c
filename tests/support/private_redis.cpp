#include "tests/support/private_redis.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

namespace {

constexpr std::chrono::seconds kRedisLimit{20};

// A port of 127.0.0.1 that was free a moment ago.
std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool is_bound =
      fd >= 0 && bind(fd, generic, size) == 0 && getsockname(fd, generic, &size) == 0;
  if (fd >= 0) close(fd);
  if (!is_bound) throw std::runtime_error("no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

}  // namespace

PrivateRedis::PrivateRedis(Options options) : options_(std::move(options)) {
  if (options_.has_tcp) port_ = free_port();
  start();
}

std::string PrivateRedis::log() const { return read_text_file(dir_ / "redis.log"); }

void PrivateRedis::start() {
  ChildProcess::Options child;
  child.argv = {"redis-server",
                "--port",
                std::to_string(port_),
                "--bind",
                "127.0.0.1",
                "--unixsocket",
                socket(),
                "--unixsocketperm",
                "700",
                "--dir",
                dir_.path(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--daemonize",
                "no"};
  if (!options_.password.empty()) {
    child.argv.insert(child.argv.end(), {"--requirepass", options_.password});
  }
  child.argv.insert(child.argv.end(), options_.arguments.begin(), options_.arguments.end());
  child.output = dir_ / "redis.log";
  server_.emplace(child);
  if (!eventually([this] { return !server_->is_running() || answers(); }, kRedisLimit) ||
      !server_->is_running()) {
    throw std::runtime_error("redis-server does not start:\n" + log());
  }
}

// The connection is kept once the server, its data loaded, says PONG.
bool PrivateRedis::answers() {
  try {
    client_.emplace(connect());
    return client_->command({"PING"}).text == "PONG";
  } catch (const std::runtime_error&) {
    return false;
  }
}

Reply PrivateRedis::command(std::initializer_list<std::string_view> arguments) {
  return client_->command(arguments);
}

RedisClient PrivateRedis::connect() const {
  RedisClient client = RedisClient::over_socket(socket());
  if (!options_.password.empty()) client.command({"AUTH", options_.password});
  return client;
}

void PrivateRedis::kill9() { server_->kill9(); }

void PrivateRedis::restart() {
  server_.reset();
  start();
}

}  // namespace sqlbus::test
