#include "client/library/caller_settings.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include "client/library/sized_struct.hpp"
#include "protocol/keys.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"

namespace sqlbus {

namespace {

// What Redis takes as one command, and runs without keeping others waiting for long.
constexpr std::size_t kBufferCountMax = 100'000;
constexpr std::size_t kBufferBytesMax = 128U << 20U;
// proto-max-bulk-len, as Redis has it by default.
constexpr std::size_t kRequestBytesMax = 512U << 20U;

Result<RedisAddress> read_address(std::string_view url) {
  return parse_redis_url(url.starts_with('/') ? "unix://" + std::string(url) : std::string(url));
}

// The program's name as the system knows it.
std::string own_name() {
  const std::string name = to_utf8(program_invocation_short_name);
  return name.empty() ? "unknown" : std::string(cut_utf8(name, limits::kAppBytesMax));
}

void set_unless_0(std::size_t& setting, std::size_t value) {
  if (value != 0) setting = value;
}

void set_unless_0(std::chrono::milliseconds& setting, std::uint32_t value_ms) {
  if (value_ms != 0) setting = std::chrono::milliseconds{value_ms};
}

Status check(const CallerSettings& settings) {
  if (!keys::is_queue_name(settings.queue)) {
    return Error{"queue: a queue's name is not empty and holds no braces"};
  }
  if (settings.app.size() > limits::kAppBytesMax || !is_utf8(settings.app)) {
    return Error{"app: 1 to 128 bytes in UTF-8"};
  }
  if (settings.request_bytes_max > kRequestBytesMax) {
    return Error{"request_bytes_max: at most 512 MiB"};
  }
  if (settings.buffer.count_max > kBufferCountMax) {
    return Error{"buffer_count_max: at most 100,000"};
  }
  if (settings.buffer.bytes_max > kBufferBytesMax) {
    return Error{"buffer_bytes_max: at most 128 MiB"};
  }
  return Done{};
}

}  // namespace

Result<CallerSettings> read_options(const char* url, const sqlbus_options* options) {
  if (url == nullptr) return Error{"there is no URL of a Redis"};
  if (options != nullptr && options->struct_size == 0) {
    return Error{"the struct_size of the options is sizeof(sqlbus_options)"};
  }
  auto address = read_address(url);
  if (!address) return std::move(address).error();
  const sqlbus_options wanted = options == nullptr ? sqlbus_options{} : sized_copy(*options);

  CallerSettings settings;
  settings.redis = *std::move(address);
  settings.queue = wanted.queue == nullptr ? keys::kDefaultQueue : wanted.queue;
  settings.app = wanted.app == nullptr || *wanted.app == '\0' ? own_name() : wanted.app;
  set_unless_0(settings.timeouts.connect, wanted.connect_timeout_ms);
  set_unless_0(settings.timeouts.answer, wanted.answer_timeout_ms);
  set_unless_0(settings.request_bytes_max, wanted.request_bytes_max);
  set_unless_0(settings.queue_max, wanted.queue_max);
  set_unless_0(settings.buffer.count_max, wanted.buffer_count_max);
  set_unless_0(settings.buffer.bytes_max, wanted.buffer_bytes_max);
  set_unless_0(settings.buffer.age_max, wanted.buffer_age_max_ms);
  set_unless_0(settings.retry, wanted.retry_ms);
  if ((wanted.flags & ~std::uint32_t{SQLBUS_NO_RESEND}) != 0) {
    return Error{"flags: there is SQLBUS_NO_RESEND alone"};
  }
  settings.resends = (wanted.flags & SQLBUS_NO_RESEND) == 0;
  if (Status checked = check(settings); !checked) return std::move(checked).error();
  return settings;
}

}  // namespace sqlbus
