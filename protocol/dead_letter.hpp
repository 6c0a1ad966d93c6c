// A dead letter: a request that will not be tried again, with the reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/clock.hpp"
#include "protocol/error_id.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

struct DeadLetter {
  std::string id;
  std::string request;  // the envelope, byte for byte
  ErrorId error = ErrorId::kExecutionFailed;
  std::string message;
  std::string sqlstate;
  EpochTime failed_at{};
  std::int64_t attempts = 0;
  std::string instance;
};

// REQUEST where the envelope is valid UTF-8 (a JSON string gives every byte back), else
// REQUEST_BASE64. FAILED_AT is in seconds since 1970, with the microseconds behind the point.
std::string encode_dead_letter(const DeadLetter& letter);
Result<DeadLetter> decode_dead_letter(std::string_view json);

}  // namespace sqlbus
