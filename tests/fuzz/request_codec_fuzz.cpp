// Any bytes as a request envelope: decoded or refused, and what is decoded survives a round trip.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include <memory_resource>
#include <string_view>
#include <variant>

#include "expect.hpp"
#include "protocol/limits.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/utf8.hpp"

namespace {

using namespace sqlbus;

constexpr std::size_t kBytesMax = 2048;  // small enough for TOO_LARGE to be met

void check_refusal(const Refusal& refusal) {
  fuzz::expect(!refusal.message.empty(), "a refusal says why");
  fuzz::expect(is_utf8(refusal.message), "the message is valid UTF-8");
  fuzz::expect(refusal.message.size() <= limits::kMessageBytesMax, "the message is bounded");
  fuzz::expect(refusal.rchannel.size() <= limits::kRchannelBytesMax, "RCHANNEL is valid or empty");
  fuzz::expect(refusal.uuid.size() <= limits::kUuidBytesMax, "UUID is valid or empty");
}

void check_request(const Request& request) {
  const std::string envelope = encode_request(request);
  const auto decoded = decode_request(envelope, envelope.size());
  const Request* again = std::get_if<Request>(&decoded);
  fuzz::expect(again != nullptr, "what was encoded is a request");
  fuzz::expect(*again == request, "what was encoded is the same request");
}

// One decoder for all inputs, as the daemon has one for all envelopes.
void check_same(const std::variant<Request, Refusal>& decoded, std::string_view envelope) {
  static RequestDecoder decoder;
  std::pmr::monotonic_buffer_resource memory;
  const auto other = decoder.decode(envelope, kBytesMax, memory);
  fuzz::expect(decoded.index() == other.index(), "both ways of decoding agree");
  if (const auto* request = std::get_if<Request>(&decoded)) {
    fuzz::expect(*request == std::get<Request>(other), "both ways read the same request");
  } else {
    fuzz::expect(std::get<Refusal>(decoded).message == std::get<Refusal>(other).message,
                 "both ways find the same fault");
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view envelope(reinterpret_cast<const char*>(data), size);
  const auto decoded = decode_request(envelope, kBytesMax);
  check_same(decoded, envelope);
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) {
    check_refusal(*refusal);
  } else {
    check_request(std::get<Request>(decoded));
  }
  return 0;
}
