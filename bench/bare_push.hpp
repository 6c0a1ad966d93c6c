// hiredis alone: what handing a ready text over to Redis costs at least.
#pragma once

#include <memory>
#include <string>

struct redisContext;

namespace sqlbus::bench {

// Every failure throws std::runtime_error.
class BarePush {
 public:
  explicit BarePush(const std::string& redis_socket);

  void push(const std::string& queue, const std::string& text);
  // So many times, pipelined.
  void push(const std::string& queue, const std::string& text, int count);

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };

  void append(const std::string& queue, const std::string& text);
  void read();

  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace sqlbus::bench
