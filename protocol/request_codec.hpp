// The request envelope: JSON to Request and back.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error_id.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

struct RequestScratch;

// An envelope that is no request, with what could be read of it all the same, so that a caller who
// waits can be answered.
struct Refusal {
  ErrorId error = ErrorId::kMalformedJson;
  std::string message;  // names the member
  std::string uuid;     // the following as far as they were readable, else empty
  std::string app;
  std::string rchannel;
  bool sync = false;
  std::string traceparent;
};

// Decodes and validates one envelope: kMalformedJson, kInvalidField, or kTooLarge when it has more
// than `bytes_max` bytes (what is readable is read from it all the same). Any bytes are safe to
// pass: nesting is bounded by memory only, never by the stack.
//
// Where the protocol leaves a choice:
// - A member that is null counts as absent; so does one of the members within STATEMENT. An
//   empty RCHANNEL is none.
// - Of several faults the first in reading order is told; broken JSON wins, too large wins most.
// - A repeated member counts as unreadable: a caller who names two reply channels gets no answer.
// - What broken JSON says is not read: neither UUID nor RCHANNEL are handed on from it.
// - Integer members are integer literals: 1.0 and 1e3 are none. The same in PARAMS, where they
//   keep the text that was written.
// - Numbers beyond the range of a double are malformed, as are containers more than a million
//   deep (RFC 8259, sections 6 and 9). limits.hpp has the bounds of what can grow in memory.
std::variant<Request, Refusal> decode_request(std::string_view envelope, std::size_t bytes_max);

// The same for many envelopes that are kept: a request's texts are parts of its envelope, but where
// they had to be decoded, and its lists are in the memory that is passed. Both outlive the request.
class RequestDecoder {
 public:
  RequestDecoder();
  ~RequestDecoder();
  RequestDecoder(const RequestDecoder&) = delete;
  RequestDecoder& operator=(const RequestDecoder&) = delete;

  std::variant<Request, Refusal> decode(std::string_view envelope, std::size_t bytes_max,
                                        std::pmr::memory_resource& memory);

 private:
  JsonReader json_;
  std::unique_ptr<RequestScratch> scratch_;
};

// The envelope of a valid Request, members in the protocol's order, absent options left out.
std::string encode_request(const Request& request);
// The same instead of what `envelope` held, in its memory: nothing is allocated for the next one.
void encode_request(const Request& request, std::string& envelope);

}  // namespace sqlbus
