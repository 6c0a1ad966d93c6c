#include "daemon/redis/connection.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "daemon/bus_clock.hpp"

namespace sqlbus {
namespace {

constexpr std::chrono::milliseconds kLastLook{10};

std::string format(const Command& command) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const auto part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  char* text = nullptr;
  const auto size =
      redisFormatCommandArgv(&text, static_cast<int>(command.size()), parts.data(), sizes.data());
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  return size < 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

void RedisConnection::ReaderDeleter::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RedisConnection::RedisConnection(EventLoop& loop, Timeouts timeouts, RedisMetrics& metrics,
                                 Events events)
    : timeouts_(timeouts),
      metrics_(metrics),
      events_(std::move(events)),
      reader_(redisReaderCreate()),
      is_alive_(std::make_shared<bool>(true)),
      limit_(loop, [this] { look_last(); }),
      transport_(loop, {.on_open =
                            [this] {
                              limit_.stop();
                              is_open_ = true;
                              events_.on_open();
                            },
                        .on_bytes = [this](std::string_view bytes) { take(bytes); },
                        .on_close = [this](std::string reason) { lose(std::move(reason)); }}) {}

RedisConnection::~RedisConnection() { *is_alive_ = false; }

void RedisConnection::connect(const RedisAddress& address, std::size_t attempt) {
  limit_.start(timeouts_.connect);
  transport_.connect(address, attempt);
}

void RedisConnection::send(const Command& command, Handler handler, std::chrono::milliseconds block,
                           RedisCommandKind kind) {
  auto text = std::exchange(held_, {});
  text += await(command, {std::move(handler), block, kind, running_time()});
  transport_.write(std::move(text));
}

void RedisConnection::send_with_next(const Command& command, Handler handler) {
  held_ += await(command, {std::move(handler), {}, RedisCommandKind::kOther, running_time()});
}

std::string RedisConnection::await(const Command& command, Pending pending) {
  pending_.push_back(std::move(pending));
  if (pending_.size() == 1) watch();
  auto text = format(command);
  metrics_.sent_bytes.add(text.size());
  return text;
}

std::optional<RedisConnection::Awaited> RedisConnection::awaited() const {
  if (pending_.empty()) return std::nullopt;
  return Awaited{std::max(pending_.front().sent_at, heard_at_), pending_.front().block};
}

void RedisConnection::take(std::string_view bytes) {
  const auto is_alive = is_alive_;
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    return lose("answer: out of memory");
  }
  metrics_.received_bytes.add(bytes.size());
  heard_at_ = running_time();
  const auto heard_at = heard_at_;  // a handler may destroy us
  while (*is_alive) {
    void* parsed = nullptr;
    if (redisReaderGetReply(reader_.get(), &parsed) != REDIS_OK) {
      return lose(std::string("answer: ") + reader_->errstr);
    }
    if (parsed == nullptr) {
      // A part of a long answer: the limit is that of silence, however slowly it comes.
      if (!pending_.empty()) watch();
      return;
    }
    Reply reply(static_cast<redisReply*>(parsed));
    if (pending_.empty()) return lose("answer to no command");
    const auto& answered = pending_.front();
    if (answered.block.count() == 0) {
      const auto time =
          std::chrono::duration_cast<std::chrono::microseconds>(heard_at - answered.sent_at);
      metrics_.times[static_cast<std::size_t>(answered.kind)].observe(time.count());
    }
    ++answers_;
    const auto handler = std::move(pending_.front().handler);
    pending_.pop_front();
    watch();
    handler(std::move(reply));
  }
}

// The loop itself may have been held up, and run its timers before it reads what has come
// meanwhile: one more turn shows.
void RedisConnection::look_last() {
  if (std::exchange(has_looked_last_, true)) {
    was_silent_ = is_open_;
    return lose("no answer in time");
  }
  limit_.start(kLastLook);
}

void RedisConnection::watch() {
  has_looked_last_ = false;
  if (pending_.empty()) return limit_.stop();
  limit_.start(timeouts_.operate + pending_.front().block);
}

void RedisConnection::lose(std::string reason) {
  limit_.stop();
  const auto on_lost = std::exchange(events_.on_lost, nullptr);
  if (on_lost) on_lost(std::move(reason));
}

}  // namespace sqlbus
