#include "daemon/redis/transport.hpp"

#include <uv.h>

#include <utility>
#include <vector>

namespace sqlbus {
namespace {

constexpr unsigned kKeepaliveSeconds = 30;
constexpr std::size_t kReadBytes = std::size_t{256} << 10U;

struct Write {
  uv_write_t request;
  std::string bytes;
};

}  // namespace

std::string RedisAddress::text() const {
  return unix_socket.empty() ? host + ":" + std::to_string(port) : unix_socket;
}

// What libuv still points to after the Transport has gone.
struct Transport::Link {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } socket;
  uv_connect_t connecting;
  uv_getaddrinfo_t resolving;
  uv_loop_t* loop = nullptr;
  Events events;
  std::size_t attempt = 0;
  bool has_socket = false;
  bool is_resolving = false;
  bool is_closed = false;  // no event any more
  bool is_done = false;    // libuv has let go of it
  bool is_orphan = false;  // the Transport has gone
  std::vector<char> buffer = std::vector<char>(kReadBytes);

  void fail(int status, std::string_view what) {
    if (is_closed) return;
    auto on_close = std::move(events.on_close);
    release();
    on_close(std::string(what) + ": " + uv_strerror(status));
  }

  // Ends all events. The memory goes once both libuv and the Transport have let go of it.
  void release() {
    if (is_closed) return;
    is_closed = true;  // the events stay: one of them may be running
    if (is_resolving) {
      uv_cancel(reinterpret_cast<uv_req_t*>(&resolving));
      return;  // on_resolved ends it
    }
    end();
  }

  void end() {
    if (!has_socket) return done();
    uv_close(&socket.handle, [](uv_handle_t* h) noexcept { static_cast<Link*>(h->data)->done(); });
  }

  void done() {
    is_done = true;
    if (is_orphan) delete this;
  }

  void abandon() {
    is_orphan = true;
    if (is_done) {
      delete this;
    } else {
      release();
    }
  }

  static void on_connected(uv_connect_t* request, int status) noexcept {
    auto* link = static_cast<Link*>(request->data);
    if (link->is_closed) return;
    if (status < 0) return link->fail(status, "connect");
    uv_read_start(&link->socket.stream, &Link::on_alloc, &Link::on_read);
    link->events.on_open();
  }

  static void on_alloc(uv_handle_t* handle, std::size_t, uv_buf_t* buf) noexcept {
    auto* link = static_cast<Link*>(handle->data);
    *buf = uv_buf_init(link->buffer.data(), static_cast<unsigned>(link->buffer.size()));
  }

  static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buf) noexcept {
    auto* link = static_cast<Link*>(stream->data);
    if (link->is_closed || count == 0) return;
    if (count < 0) return link->fail(static_cast<int>(count), "read");
    link->events.on_bytes({buf->base, static_cast<std::size_t>(count)});
  }

  static void on_written(uv_write_t* request, int status) noexcept {
    auto* write = static_cast<Write*>(request->data);
    auto* link = static_cast<Link*>(request->handle->data);
    delete write;
    if (status < 0) link->fail(status, "write");
  }

  static void on_resolved(uv_getaddrinfo_t* request, int status, addrinfo* found) noexcept {
    auto* link = static_cast<Link*>(request->data);
    link->is_resolving = false;
    if (link->is_closed) {
      uv_freeaddrinfo(found);
      return link->end();
    }
    if (status < 0) return link->fail(status, "resolve");
    link->connect_tcp(link->choose(found)->ai_addr);
    uv_freeaddrinfo(found);
  }

  const addrinfo* choose(const addrinfo* found) const {
    std::size_t count = 0;
    for (const auto* one = found; one != nullptr; one = one->ai_next) ++count;
    for (std::size_t skip = attempt % count; skip > 0; --skip) found = found->ai_next;
    return found;
  }

  void connect_tcp(const sockaddr* address) {
    uv_tcp_init(loop, &socket.tcp);
    has_socket = true;
    socket.handle.data = this;
    uv_tcp_nodelay(&socket.tcp, 1);
    uv_tcp_keepalive(&socket.tcp, 1, kKeepaliveSeconds);
    const int status = uv_tcp_connect(&connecting, &socket.tcp, address, &Link::on_connected);
    if (status < 0) fail(status, "connect");
  }

  void connect_pipe(const std::string& path) {
    uv_pipe_init(loop, &socket.pipe, 0);
    has_socket = true;
    socket.handle.data = this;
    uv_pipe_connect(&connecting, &socket.pipe, path.c_str(), &Link::on_connected);
  }
};

Transport::Transport(EventLoop& loop, Events events) : link_(new Link) {
  link_->loop = loop.raw();
  link_->events = std::move(events);
  link_->connecting.data = link_;
  link_->resolving.data = link_;
}

Transport::~Transport() { link_->abandon(); }

void Transport::connect(const RedisAddress& address, std::size_t attempt) {
  link_->attempt = attempt;
  if (!address.unix_socket.empty()) return link_->connect_pipe(address.unix_socket);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  link_->is_resolving = true;
  const int status =
      uv_getaddrinfo(link_->loop, &link_->resolving, &Link::on_resolved, address.host.c_str(),
                     std::to_string(address.port).c_str(), &hints);
  if (status == 0) return;
  link_->is_resolving = false;
  link_->fail(status, "resolve");
}

void Transport::write(std::string bytes) {
  // Mostly the socket takes all at once, and nothing has to be watched for.
  uv_buf_t whole = uv_buf_init(bytes.data(), static_cast<unsigned>(bytes.size()));
  const int taken = uv_try_write(&link_->socket.stream, &whole, 1);
  if (taken > 0) bytes.erase(0, static_cast<std::size_t>(taken));
  if (bytes.empty()) return;
  auto* write = new Write{{}, std::move(bytes)};
  write->request.data = write;
  const uv_buf_t buf = uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  // A socket that takes no bytes ends by its read side or by the caller's time limit.
  if (uv_write(&write->request, &link_->socket.stream, &buf, 1, &Link::on_written) < 0)
    delete write;
}

}  // namespace sqlbus
