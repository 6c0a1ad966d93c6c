// What a caller asks for when it opens a handle.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "client/redis_session.hpp"
#include "client/redis_url.hpp"
#include "client/sqlbus.h"
#include "protocol/result.hpp"

namespace sqlbus {

struct BufferLimits {
  std::size_t count_max = 500;
  std::size_t bytes_max = 256U << 10U;
  std::chrono::milliseconds age_max{100};
};

struct CallerSettings {
  RedisAddress redis;
  RedisSession::Timeouts timeouts{.connect = std::chrono::seconds{5},
                                  .answer = std::chrono::seconds{5}};
  std::string queue;
  std::string app;
  std::size_t request_bytes_max = 32U << 20U;
  std::size_t queue_max = 0;  // 0: no limit
  BufferLimits buffer;
  std::chrono::milliseconds retry{0};  // how long what Redis does not answer is tried again
  bool resends = true;                 // a query whose connection broke is pushed again
};

// `options` may be null; what it leaves out gets its default.
Result<CallerSettings> read_options(const char* url, const sqlbus_options* options);

}  // namespace sqlbus
