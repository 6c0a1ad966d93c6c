// HTTP as a test speaks it: one request, one answer, or only a part of one.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "daemon/process/unique_fd.hpp"

namespace sqlbus::test {

struct HttpReply {
  int status = 0;  // 0: no answer came
  std::string head;
  std::string body;
};

// On a unix socket; throws std::runtime_error where nobody listens.
class HttpClient {
 public:
  explicit HttpClient(const std::string& socket_path);

  // As it stands: half a request too.
  void send(std::string_view bytes);
  // All up to the end of the connection, or of the time.
  std::string read_all(std::chrono::milliseconds limit = std::chrono::seconds{10});

 private:
  UniqueFd fd_;
};

HttpReply http_request(const std::string& socket_path, const std::string& method,
                       const std::string& target);
inline HttpReply http_get(const std::string& socket_path, const std::string& target) {
  return http_request(socket_path, "GET", target);
}

}  // namespace sqlbus::test
