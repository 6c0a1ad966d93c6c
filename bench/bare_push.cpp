#include "bench/bare_push.hpp"

#include <hiredis/hiredis.h>

#include <array>
#include <stdexcept>

namespace sqlbus::bench {

namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

}  // namespace

void BarePush::Close::operator()(redisContext* context) const { redisFree(context); }

BarePush::BarePush(const std::string& redis_socket)
    : context_(redisConnectUnix(redis_socket.c_str())) {
  if (!context_ || context_->err != 0) throw std::runtime_error("redis cannot be reached");
}

void BarePush::push(const std::string& queue, const std::string& text) {
  append(queue, text);
  read();
}

void BarePush::push(const std::string& queue, const std::string& text, int count) {
  for (int i = 0; i < count; ++i) append(queue, text);
  for (int i = 0; i < count; ++i) read();
}

void BarePush::append(const std::string& queue, const std::string& text) {
  std::array<const char*, 3> argv = {"LPUSH", queue.data(), text.data()};
  const std::array<std::size_t, 3> sizes = {5, queue.size(), text.size()};
  redisAppendCommandArgv(context_.get(), static_cast<int>(argv.size()), argv.data(), sizes.data());
}

void BarePush::read() {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) throw std::runtime_error(context_->errstr);
  const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(raw));
  if (reply->type != REDIS_REPLY_INTEGER) throw std::runtime_error("LPUSH is refused");
}

}  // namespace sqlbus::bench
