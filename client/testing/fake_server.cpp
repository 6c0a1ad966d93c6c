#include "client/testing/fake_server.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sqlbus::fake {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 64;

struct FreeReply {
  void operator()(void* reply) const { freeReplyObject(reply); }
};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("the fake: " + what + ": " + std::strerror(errno));
}

// A command is an array of strings; anything else is none.
std::optional<Command> command_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements == 0) return std::nullopt;
  Command command;
  for (const auto* element : std::span(reply.element, reply.elements)) {
    if (element->type != REDIS_REPLY_STRING) return std::nullopt;
    command.emplace_back(element->str, static_cast<std::size_t>(element->len));
  }
  return command;
}

}  // namespace

void Server::FreeReader::operator()(redisReader* reader) const { redisReaderFree(reader); }

Server::Server() : wakeup_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), listener_(listen()) {
  if (!wakeup_) fail("eventfd");
  // Signals are for the threads of the test.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  wake();
  thread_.join();
}

UniqueFd Server::listen() const {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto path = socket();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!fd || path.size() >= sizeof address.sun_path) fail("socket " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    fail("listen on " + path);
  }
  return fd;
}

void Server::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wakeup_.get(), &one, sizeof one);
}

bool Server::wait_for_requests(std::size_t count, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, limit, [&] { return store_.requests().size() >= count; });
}

void Server::break_next(Fake::Break when) {
  const std::lock_guard lock(mutex_);
  breaks_.push_back(when);
}

void Server::unplug() {
  const std::lock_guard lock(mutex_);
  listener_.reset();
  unlink(socket().c_str());
  for (auto& connection : connections_) {
    connection.is_over = true;
    shutdown(connection.fd.get(), SHUT_RDWR);
  }
  wake();
}

void Server::plug() {
  const std::lock_guard lock(mutex_);
  if (!listener_) listener_ = listen();
  wake();
}

void Server::run() {
  std::vector<pollfd> polled;
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    polled.assign({{.fd = wakeup_.get(), .events = POLLIN, .revents = 0},
                   {.fd = listener_.get(), .events = POLLIN, .revents = 0}});
    for (const auto& connection : connections_) {
      const auto events = static_cast<short>(connection.out.empty() ? POLLIN : POLLIN | POLLOUT);
      polled.push_back({.fd = connection.fd.get(), .events = events, .revents = 0});
    }
    const int limit = wait_ms();
    lock.unlock();
    poll(polled.data(), polled.size(), limit);
    lock.lock();
    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto count = read(wakeup_.get(), &ignored, sizeof ignored);
    // Only this thread takes connections in or out: they stand as they were polled.
    std::size_t at = 2;
    for (auto& connection : connections_) {
      if ((polled[at++].revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive(connection);
    }
    for (auto& connection : connections_) {
      serve_waiting(connection);
      flush(connection);
    }
    connections_.remove_if([](const Connection& connection) { return connection.is_over; });
    accept_one();
  }
}

// Until the first blocking pop is over; -1: for ever.
int Server::wait_ms() const {
  auto first = Clock::time_point::max();
  for (const auto& connection : connections_) {
    if (connection.waits && connection.waits->until) {
      first = std::min(first, *connection.waits->until);
    }
  }
  if (first == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
}

void Server::accept_one() {
  if (!listener_) return;
  UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) return;
  auto& connection = connections_.emplace_back();
  connection.fd = std::move(fd);
  connection.reader.reset(redisReaderCreate());
}

void Server::receive(Connection& connection) {
  std::array<char, std::size_t{64} * 1024> piece;
  for (;;) {
    const auto count = recv(connection.fd.get(), piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) {
      connection.is_over = true;
      return;
    }
    redisReaderFeed(connection.reader.get(), piece.data(), static_cast<std::size_t>(count));
  }
  serve(connection);
}

// Commands one after the other, as far as they have come; none behind one that waits.
void Server::serve(Connection& connection) {
  while (!connection.waits && !connection.is_over) {
    void* raw = nullptr;
    const int code = redisReaderGetReply(connection.reader.get(), &raw);
    if (code == REDIS_OK && raw == nullptr) return;
    const std::unique_ptr<void, FreeReply> reply(raw);
    const auto command = code == REDIS_OK ? command_of(*static_cast<const redisReply*>(raw))
                                          : std::optional<Command>{};
    if (command) {
      handle(connection, *command);
    } else {
      connection.is_over = true;
    }
  }
}

void Server::handle(Connection& connection, const Command& command) {
  if (auto pop = blocking_pop_of(command)) {
    connection.waits = std::move(pop);
    serve_waiting(connection);
    return;
  }
  std::optional<Fake::Break> breaks;
  if (is_push(command) && !breaks_.empty()) {
    breaks = breaks_.front();
    breaks_.pop_front();
  }
  if (breaks != Fake::Break::kBefore) connection.out += execute(store_, command);
  if (is_push(command)) arrived_.notify_all();
  if (breaks) connection.is_over = true;
}

void Server::serve_waiting(Connection& connection) {
  if (!connection.waits || connection.is_over) return;
  if (const auto popped = try_pop(store_, *connection.waits)) {
    connection.out += *popped;
  } else if (connection.waits->until && Clock::now() >= *connection.waits->until) {
    connection.out += nothing_popped();
  } else {
    return;
  }
  connection.waits.reset();
  serve(connection);
}

void Server::flush(Connection& connection) {
  while (connection.sent < connection.out.size() && !connection.is_over) {
    const auto count = send(connection.fd.get(), connection.out.data() + connection.sent,
                            connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) {
      connection.is_over = true;
      return;
    }
    connection.sent += static_cast<std::size_t>(count);
  }
  connection.out.clear();
  connection.sent = 0;
}

}  // namespace sqlbus::fake
