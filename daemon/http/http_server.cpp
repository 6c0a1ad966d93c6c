#include "daemon/http/http_server.hpp"

#include <microhttpd.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "daemon/http/listen_socket.hpp"

namespace sqlbus {
namespace {

constexpr unsigned kConnectionsMax = 64;
constexpr int kStepsAtOnce = 4;
constexpr MHD_UNSIGNED_LONG_LONG kLookMs = 20;         // while there are connections
constexpr unsigned kPatienceSeconds = 10;              // of a connection on which nothing comes
constexpr std::size_t kConnectionBytes = 16UL << 10U;  // for what is asked: line and headers

MHD_Response* make_response(const std::string& body, const std::string& content_type) {
  // The body is copied; libmicrohttpd only reads it, whatever its signature says.
  auto* response = MHD_create_response_from_buffer(body.size(), const_cast<char*>(body.data()),
                                                   MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type.c_str());
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  return response;
}

}  // namespace

struct HttpServer::Impl {
  // What is asked on a connection at the moment; libmicrohttpd keeps the pointer for us.
  struct Exchange {
    MHD_Connection* connection = nullptr;
    std::optional<HttpAnswer> answer{};
    bool has_begun = false;
    bool is_suspended = false;
  };
  // Shared with those who will respond: it may end, or the server, before they do.
  using ExchangePtr = std::shared_ptr<Exchange>;

  Impl(EventLoop& loop, OnRequest handler)
      : on_request(std::move(handler)),
        socket(loop, [this] { run(); }),
        timer(loop, [this] { run(); }) {}

  void run() {
    // It takes one step of a connection at a time, and not every version of it tells by its timeout
    // that another one is to come: a few at once, and the rest by a timer.
    for (int step = 0; step < kStepsAtOnce; ++step) MHD_run(daemon);
    const auto* info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    if (info == nullptr || info->num_connections == 0) return timer.stop();
    MHD_UNSIGNED_LONG_LONG wait_ms = kLookMs;
    (void)MHD_get_timeout(daemon, &wait_ms);
    timer.start(std::chrono::milliseconds(std::min(wait_ms, kLookMs)));
  }

  void stop() {
    socket.stop();
    timer.stop();
    if (daemon == nullptr) return;
    // Those that wait are to be told before it may be stopped.
    for (const auto& exchange : exchanges) {
      if (!std::exchange(exchange->is_suspended, false)) continue;
      exchange->answer = HttpAnswer{.status = MHD_HTTP_SERVICE_UNAVAILABLE};
      MHD_resume_connection(exchange->connection);
    }
    MHD_stop_daemon(std::exchange(daemon, nullptr));
  }

  MHD_Result handle(MHD_Connection* connection, std::string_view path, std::string_view method,
                    void** held) {
    if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_HEAD) {
      return refuse_method(connection);
    }
    if (*held == nullptr) return begin(connection, held);
    const auto exchange = *static_cast<ExchangePtr*>(*held);
    if (!std::exchange(exchange->has_begun, true)) {
      on_request(path, responder_of(exchange));
      if (!exchange->answer) {
        exchange->is_suspended = true;
        MHD_suspend_connection(connection);
        return MHD_YES;
      }
    }
    return exchange->answer ? send(connection, *exchange->answer) : MHD_YES;
  }

  MHD_Result begin(MHD_Connection* connection, void** held) {
    auto exchange = std::make_shared<Exchange>(Exchange{.connection = connection});
    exchanges.insert(exchange);
    *held = new ExchangePtr(std::move(exchange));
    return MHD_YES;
  }

  Respond responder_of(const ExchangePtr& exchange) {
    return [weak = std::weak_ptr(exchange)](HttpAnswer answer) {
      const auto waiting = weak.lock();
      if (!waiting || waiting->answer) return;
      waiting->answer = std::move(answer);
      if (!std::exchange(waiting->is_suspended, false)) return;
      MHD_resume_connection(waiting->connection);  // by its own socket the loop hears of it
    };
  }

  static MHD_Result send(MHD_Connection* connection, const HttpAnswer& answer) {
    auto* response = make_response(answer.body, answer.content_type);
    const auto result = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
  }

  static MHD_Result refuse_method(MHD_Connection* connection) {
    auto* response = make_response("only GET and HEAD\n", "text/plain; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    const auto result = MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, response);
    MHD_destroy_response(response);
    return result;
  }

  void completed(void** held) {
    const std::unique_ptr<ExchangePtr> exchange(static_cast<ExchangePtr*>(*held));
    *held = nullptr;
    if (exchange) exchanges.erase(*exchange);
  }

  OnRequest on_request;
  SocketWatch socket;
  Timer timer;
  MHD_Daemon* daemon = nullptr;
  std::set<ExchangePtr> exchanges;
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(EventLoop& loop,
                                                       const ListenAddress& address,
                                                       OnRequest on_request) {
  auto listening = open_listen_socket(address);
  if (!listening) return std::move(listening).error();
  auto impl = std::make_unique<Impl>(loop, std::move(on_request));
  const auto handler = [](void* self, MHD_Connection* connection, const char* url,
                          const char* method, const char*, const char*, std::size_t*,
                          void** held) noexcept -> MHD_Result {
    return static_cast<Impl*>(self)->handle(connection, url, method, held);
  };
  const auto on_completed = [](void* self, MHD_Connection*, void** held,
                               MHD_RequestTerminationCode) noexcept {
    static_cast<Impl*>(self)->completed(held);
  };
  impl->daemon = MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr,
      static_cast<MHD_AccessHandlerCallback>(handler), impl.get(), MHD_OPTION_LISTEN_SOCKET,
      listening->get(), MHD_OPTION_NOTIFY_COMPLETED,
      static_cast<MHD_RequestCompletedCallback>(on_completed), impl.get(),
      MHD_OPTION_CONNECTION_LIMIT, kConnectionsMax, MHD_OPTION_CONNECTION_TIMEOUT, kPatienceSeconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes, MHD_OPTION_END);
  if (impl->daemon == nullptr) return Error{"libmicrohttpd does not start"};
  listening->release();  // libmicrohttpd closes it
  const auto* info = MHD_get_daemon_info(impl->daemon, MHD_DAEMON_INFO_EPOLL_FD);
  if (info == nullptr || !impl->socket.start(info->epoll_fd)) {
    impl->stop();
    return Error{"the event loop does not watch it"};
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { impl_->stop(); }

}  // namespace sqlbus
