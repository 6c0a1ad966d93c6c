// Any bytes as a request envelope: decoded or refused, and what is decoded survives a round trip.
#include <cstddef>
#include <cstdint>
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view envelope(reinterpret_cast<const char*>(data), size);
  const auto decoded = decode_request(envelope, kBytesMax);
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) {
    check_refusal(*refusal);
  } else {
    check_request(std::get<Request>(decoded));
  }
  return 0;
}
