#include "tests/support/redis_client.hpp"

#include <hiredis/hiredis.h>

#include <stdexcept>

namespace sqlbus::test {

namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using OwnedReply = std::unique_ptr<redisReply, FreeReply>;

Reply copy_of(const redisReply& raw) {
  Reply reply;
  switch (raw.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::kText;
      reply.text.assign(raw.str, static_cast<std::size_t>(raw.len));
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::kError;
      reply.text.assign(raw.str, static_cast<std::size_t>(raw.len));
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::kInteger;
      reply.integer = raw.integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::kArray;
      for (std::size_t i = 0; i < raw.elements; ++i) {
        reply.elements.push_back(copy_of(*raw.element[i]));
      }
      break;
    default:
      break;
  }
  return reply;
}

// hiredis takes the arguments as two arrays of C types.
struct Argv {
  explicit Argv(RedisClient::Arguments arguments) {
    for (const std::string_view argument : arguments) {
      data.push_back(argument.data());
      sizes.push_back(argument.size());
    }
  }
  int count() const { return static_cast<int>(data.size()); }

  std::vector<const char*> data;
  std::vector<std::size_t> sizes;
};

}  // namespace

std::vector<std::string> Reply::texts() const {
  std::vector<std::string> texts;
  for (const Reply& element : elements) texts.push_back(element.text);
  return texts;
}

void RedisClient::Close::operator()(redisContext* context) const { redisFree(context); }

RedisClient::RedisClient(redisContext* context) : context_(context) {
  if (context == nullptr) throw std::runtime_error("redis: out of memory");
  if (context->err != 0) throw std::runtime_error(std::string("redis: ") + context->errstr);
}

RedisClient RedisClient::over_socket(const std::string& path) {
  return RedisClient(redisConnectUnix(path.c_str()));
}

RedisClient RedisClient::over_tcp(const std::string& host, std::uint16_t port) {
  return RedisClient(redisConnect(host.c_str(), port));
}

Reply RedisClient::command(Arguments arguments) {
  Argv argv(arguments);
  const OwnedReply reply(static_cast<redisReply*>(
      redisCommandArgv(context_.get(), argv.count(), argv.data.data(), argv.sizes.data())));
  if (!reply) throw std::runtime_error(std::string("redis: ") + context_->errstr);
  return copy_of(*reply);
}

void RedisClient::append(std::initializer_list<std::string_view> arguments) {
  Argv argv(Arguments{arguments.begin(), arguments.size()});
  redisAppendCommandArgv(context_.get(), argv.count(), argv.data.data(), argv.sizes.data());
}

Reply RedisClient::read() {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) {
    throw std::runtime_error(std::string("redis: ") + context_->errstr);
  }
  const OwnedReply reply(static_cast<redisReply*>(raw));
  return copy_of(*reply);
}

}  // namespace sqlbus::test
