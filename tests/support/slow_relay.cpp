#include "tests/support/slow_relay.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace sqlbus::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookMs = 20;  // at what is due, and whether it is over

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("relay: path too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// Whether all of it went over.
bool pass(int from, int to, std::size_t at_most, std::size_t& passed) {
  std::string bytes(at_most, '\0');
  const auto count = recv(from, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  passed = static_cast<std::size_t>(count);
  for (std::size_t at = 0; at < passed;) {
    const auto sent = send(to, bytes.data() + at, passed - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

SlowRelay::SlowRelay(std::string server, std::size_t piece, std::chrono::milliseconds gap)
    : server_(std::move(server)), piece_(piece), gap_(gap) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(socket());
  if (listener_ < 0 ||
      bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 16) != 0) {
    throw std::runtime_error("relay: cannot listen");
  }
  thread_ = std::thread([this] { run(); });
}

SlowRelay::~SlowRelay() {
  is_over_ = true;
  thread_.join();
  for (const auto& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
  close(listener_);
}

void SlowRelay::run() {
  while (!is_over_) {
    std::vector<pollfd> watched = {{listener_, POLLIN, 0}};
    const auto now = Clock::now();
    for (const auto& pair : pairs_) {
      watched.push_back({pair.client, POLLIN, 0});
      // What is not due yet is not looked at: a negative descriptor is passed over.
      watched.push_back({now >= pair.next_at ? pair.server : -1, POLLIN, 0});
    }
    if (poll(watched.data(), watched.size(), kLookMs) < 0) continue;
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      const bool has_question = watched[1 + 2 * i].revents != 0;
      const bool has_answer = watched[2 + 2 * i].revents != 0;
      if (forward(pairs_[i], has_question, has_answer)) continue;
      close(pairs_[i].client);
      close(pairs_[i].server);
      pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (watched[0].revents != 0) accept_one();
  }
}

void SlowRelay::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(server_);
  if (server < 0 ||
      connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(client);
    if (server >= 0) close(server);
    return;
  }
  pairs_.push_back({client, server, {}});
}

bool SlowRelay::forward(Pair& pair, bool has_question, bool has_answer) {
  std::size_t passed = 0;
  if (has_question && !pass(pair.client, pair.server, piece_, passed)) return false;
  if (!has_answer) return true;
  if (!pass(pair.server, pair.client, piece_, passed)) return false;
  if (passed == piece_) pair.next_at = Clock::now() + gap_;
  return true;
}

}  // namespace sqlbus::test
