// Answers GET and HEAD over HTTP, by libmicrohttpd, on the event loop and without a thread of its
// own. Who asks slowly, or does not go on, is given up after a while; so many at once wait outside.
// Loop thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/config/listen_address.hpp"
#include "daemon/loop/event_loop.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

struct HttpAnswer {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

class HttpServer {
 public:
  // At once or later, once.
  using Respond = std::function<void(HttpAnswer)>;
  // Of a GET or HEAD of that path.
  using OnRequest = std::function<void(std::string_view path, Respond respond)>;

  static Result<std::unique_ptr<HttpServer>> listen(EventLoop& loop, const ListenAddress& address,
                                                    OnRequest on_request);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct Impl;

  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace sqlbus
