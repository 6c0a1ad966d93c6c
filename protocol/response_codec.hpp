// The response envelope: written by the daemon, read by the clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/clock.hpp"
#include "protocol/error_id.hpp"
#include "protocol/response.hpp"
#include "protocol/result.hpp"
#include "protocol/result_encoder.hpp"

namespace sqlbus {

// Everything of a response but its rows. Texts are borrowed for the call.
struct ResponseHead {
  std::string_view uuid{};
  std::int64_t pid = 0;  // of the daemon
  std::string_view dbtype{};
  EpochTime timestamp{};
  ErrorId error = ErrorId::kOk;
  std::string_view message{};  // cut to kMessageBytesMax at a character
  std::string_view sqlstate{};
  std::int64_t affected = 0;
  bool is_truncated = false;
  std::optional<double> queued_ms{};
  std::optional<double> executed_ms{};
  std::string_view traceparent{};
};

// What a request's outcome says, the same for every copy of the request: the members from MESSAGE
// to TRUNCATED as a JSON object. The ledger keeps it. Where it would have more than `bytes_max`
// bytes the rows are left out and TRUNCATED says so.
std::string encode_answer(const ResponseHead& head, const ResultEncoder* result,
                          std::size_t bytes_max);
// The response to a copy of a request, with the answer that the first one got; "" where none was
// kept: then RESULT is empty and TRUNCATED. head's own outcome is not looked at.
std::string encode_duplicate(const ResponseHead& head, std::string_view answer);

// The response as JSON; `result` may be null: then FIELDS, FIELD, ROWS, RESULT, TYPES are empty.
std::string encode_response(const ResponseHead& head, const ResultEncoder* result);

// Reads a response; unknown members are ignored, names match without regard to case.
Result<Response> decode_response(std::string_view json);

}  // namespace sqlbus
