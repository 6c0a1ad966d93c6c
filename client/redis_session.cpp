#include "client/redis_session.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "client/resp.hpp"

namespace sqlbus {
namespace {

using std::chrono::milliseconds;

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

timeval to_timeval(milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const std::chrono::microseconds rest = duration - seconds;
  return {.tv_sec = seconds.count(), .tv_usec = rest.count()};
}

std::string text_of(const redisReply& reply) {
  return {reply.str, static_cast<std::size_t>(reply.len)};
}

bool is_timeout(int error) { return error == EAGAIN || error == ETIMEDOUT; }

// Nothing that we ask for nests deeper than a few levels.
RedisValue value_of(const redisReply& reply) {
  RedisValue value;
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      break;
    case REDIS_REPLY_INTEGER:
      value.kind = RedisValue::Kind::kInteger;
      value.integer = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      value.kind = RedisValue::Kind::kArray;
      for (const auto* element : std::span(reply.element, reply.elements)) {
        value.elements.push_back(value_of(*element));
      }
      break;
    default:
      value.kind = RedisValue::Kind::kText;
      value.text = text_of(reply);
  }
  return value;
}

}  // namespace

const RedisValue& RedisValue::operator[](std::size_t index) const {
  static const RedisValue none;
  return index < elements.size() ? elements[index] : none;
}

void RedisSession::Close::operator()(redisContext* context) const { redisFree(context); }

RedisSession::RedisSession(std::unique_ptr<redisContext, Close> context, milliseconds timeout)
    : context_(std::move(context)), timeout_(timeout) {}

Result<RedisSession> RedisSession::connect(const RedisAddress& address, Timeouts timeouts) {
  auto session = open(address, timeouts);
  if (!session) return session;
  if (Status logged_in = session->log_in(address); !logged_in) {
    return std::move(logged_in).error().within("redis " + describe(address));
  }
  return session;
}

Result<RedisSession> RedisSession::open(const RedisAddress& address, Timeouts timeouts) {
  const timeval limit = to_timeval(timeouts.connect);
  std::unique_ptr<redisContext, Close> context(
      address.unix_socket.empty()
          ? redisConnectWithTimeout(address.host.c_str(), address.port, limit)
          : redisConnectUnixWithTimeout(address.unix_socket.c_str(), limit));
  const std::string where = "redis " + describe(address);
  if (!context) return Error{where + ": out of memory"};
  RedisSession session(std::move(context), timeouts.answer);
  if (session.is_broken()) return session.connection_error().within(where);
  fcntl(session.context_->fd, F_SETFD, FD_CLOEXEC);
  redisSetTimeout(session.context_.get(), to_timeval(timeouts.answer));
  return session;
}

Status RedisSession::log_in(const RedisAddress& address) {
  if (!address.password.empty() || !address.username.empty()) {
    std::vector<std::string_view> auth = {"AUTH"};
    if (!address.username.empty()) auth.emplace_back(address.username);
    auth.emplace_back(address.password);
    if (auto reply = command(auth); !reply) {
      auto error = std::move(reply).error();
      // A server that does not know the command repeats its arguments.
      const bool tells = error.message.find(address.password) != std::string::npos;
      if (tells && !address.password.empty()) return Error{"AUTH: the server does not know it"};
      return error;
    }
  }
  if (address.database != 0) {
    const std::string number = std::to_string(address.database);
    if (auto reply = command({"SELECT", number}); !reply) return std::move(reply).error();
  }
  return Done{};
}

Result<RedisValue> RedisSession::command(Arguments arguments, milliseconds wait) {
  if (wait.count() != 0) redisSetTimeout(context_.get(), to_timeval(timeout_ + wait));
  append(arguments);
  auto reply = read();
  if (wait.count() != 0) redisSetTimeout(context_.get(), to_timeval(timeout_));
  if (!reply) return std::move(reply).error().within(arguments.front());
  return reply;
}

Result<RedisValue> RedisSession::run(std::string_view script, Arguments keys, Arguments arguments) {
  // Redis before 7.0 knows no flags.
  const auto number = std::to_string(keys.size());
  for (const std::string_view head : {"#!lua flags=allow-oom\n", ""}) {
    const auto text = std::string(head).append(script);
    std::vector<std::string_view> all{"EVAL", text, number};
    all.insert(all.end(), keys.begin(), keys.end());
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto reply = command(all);
    const bool has_no_flags =
        !reply && reply.error().message.find("compiling script") != std::string::npos;
    if (!has_no_flags || head.empty()) return reply;
  }
  return Error{"EVAL"};
}

void RedisSession::set_answer_timeout(milliseconds timeout) {
  timeout_ = timeout;
  redisSetTimeout(context_.get(), to_timeval(timeout));
}

void RedisSession::append(Arguments arguments) { append_resp(appended_, arguments); }

Result<RedisValue> RedisSession::read() {
  if (!appended_.empty()) {
    Status written = write(appended_);
    appended_.clear();
    if (!written) return std::move(written).error();
  }
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) return connection_error();
  return take(raw);
}

Result<RedisValue> RedisSession::read(Patience patience) {
  for (;;) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return connection_error();
    if (raw != nullptr) return take(raw);
    if (Status ready = wait_for(POLLIN, patience); !ready) return std::move(ready).error();
    if (redisBufferRead(context_.get()) != REDIS_OK) return connection_error();
  }
}

Result<RedisValue> RedisSession::take(void* raw) {
  const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(raw));
  if (reply->type == REDIS_REPLY_ERROR) return Error{text_of(*reply)};
  return value_of(*reply);
}

// What the socket's own timeouts cannot do: they begin anew with each part and each signal.
Status RedisSession::wait_for(short events, Patience patience) {
  const auto end = std::min(patience.end, std::chrono::steady_clock::now() + patience.silence);
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    pollfd socket{.fd = context_->fd, .events = events, .revents = 0};
    const auto wait_ms = std::clamp<std::int64_t>(left.count(), 0, 60'000);
    if (poll(&socket, 1, static_cast<int>(wait_ms)) > 0) return Done{};
    if (left.count() > 0) continue;
    is_cut_ = true;
    return Error{"no answer in time"};
  }
}

// Not by hiredis, which would let a closed connection end the process by SIGPIPE.
Status RedisSession::write(std::string_view commands) {
  while (!commands.empty()) {
    const ssize_t sent = send(context_->fd, commands.data(), commands.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      is_cut_ = true;
      if (is_timeout(errno)) return Error{"Redis takes nothing in time"};
      return Error{std::generic_category().message(errno)};
    }
    commands.remove_prefix(static_cast<std::size_t>(sent));
  }
  return Done{};
}

Status RedisSession::write(std::string_view commands, Patience patience) {
  while (!commands.empty()) {
    const ssize_t sent =
        send(context_->fd, commands.data(), commands.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      commands.remove_prefix(static_cast<std::size_t>(sent));
    } else if (is_timeout(errno)) {
      if (!wait_for(POLLOUT, patience)) return Error{"Redis takes nothing in time"};
    } else if (errno != EINTR) {
      is_cut_ = true;
      return Error{std::generic_category().message(errno)};
    }
  }
  return Done{};
}

bool RedisSession::is_broken() const { return is_cut_ || context_->err != 0; }

bool RedisSession::is_alive() const {
  if (is_broken()) return false;
  char byte = 0;
  return recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

Error RedisSession::connection_error() const {
  const bool is_late = context_->err == REDIS_ERR_IO && is_timeout(errno);
  return Error{is_late ? "no answer in time" : context_->errstr};
}

}  // namespace sqlbus
