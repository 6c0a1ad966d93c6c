// Bytes to and from one Redis server, over TCP or a unix socket, on the event loop. Loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/loop/event_loop.hpp"

namespace sqlbus {

struct RedisAddress {
  std::string unix_socket;  // where set, host and port are not used
  std::string host;
  std::uint16_t port = 0;

  std::string text() const;  // "host:port" or the socket's path
};

// One connection's life: connecting, open, closed; never opened again.
class Transport {
 public:
  struct Events {
    std::function<void()> on_open;
    std::function<void(std::string_view bytes)> on_bytes;
    std::function<void(std::string reason)> on_close;  // once, also for a refused connect
  };

  Transport(EventLoop& loop, Events events);
  ~Transport();  // closes without on_close
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // A name may have several addresses: each attempt takes the next one.
  void connect(const RedisAddress& address, std::size_t attempt);
  // Sends, or keeps until the socket takes it. Only while open.
  void write(std::string bytes);

 private:
  struct Link;
  Link* link_;  // freed by the socket's close callback, which outlives this object
};

}  // namespace sqlbus
