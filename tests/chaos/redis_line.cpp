#include "tests/chaos/redis_line.hpp"

#include <stdexcept>

#include "tests/chaos/world.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::chaos {
namespace {

constexpr std::chrono::minutes kAwayMax{1};

}  // namespace

bool RedisLine::connect() {
  try {
    if (!client_) client_.emplace(test::RedisClient::over_socket(socket_));
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::optional<test::Reply> RedisLine::try_command(
    std::initializer_list<std::string_view> arguments) {
  if (!connect()) return std::nullopt;
  try {
    return client_->command(arguments);
  } catch (const std::runtime_error&) {
    client_.reset();
    return std::nullopt;
  }
}

RedisLine::Push RedisLine::push(const std::string& envelope) {
  Push push;
  const bool is_done = test::eventually(
      [&] {
        if (!connect()) return false;
        ++push.tries;
        const auto reply = try_command({"LPUSH", kQueue, envelope});
        if (!reply) return false;
        if (reply->is_error()) --push.tries;  // a clear refusal: it is loading its data
        push.length = reply->integer;
        return !reply->is_error();
      },
      kAwayMax);
  if (!is_done) throw std::runtime_error("Redis is away for too long to push");
  return push;
}

std::optional<std::string> RedisLine::answer(const std::string& channel,
                                             std::chrono::seconds limit) {
  const std::string kept = channel + ":kept";
  std::optional<std::string> answer;
  const auto is_there = [&] {
    (void)try_command({"BLMOVE", channel, kept, "RIGHT", "LEFT", "1"});
    const auto first = try_command({"LINDEX", kept, "-1"});
    if (first && first->kind == test::Reply::Kind::kText) answer = first->text;
    return answer.has_value();
  };
  (void)test::eventually(is_there, limit);
  return answer;
}

}  // namespace sqlbus::chaos
