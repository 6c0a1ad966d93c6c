#include <string>
#include <utility>

#include "protocol/json_reader.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/request_reader.hpp"

namespace sqlbus {
namespace {

std::string too_large_message(std::size_t bytes, std::size_t bytes_max) {
  return "the envelope has " + std::to_string(bytes) + " bytes, more than " +
         std::to_string(bytes_max);
}

std::string malformed_message(const RequestReader& reader, const Error& error) {
  const bool is_other_json = !reader.is_object() && !reader.fault().empty();
  return is_other_json ? reader.fault() : "the envelope is not JSON: " + error.message;
}

std::variant<Request, Refusal> read(std::string_view envelope, std::size_t bytes_max,
                                    JsonReader& json, RequestReader& reader) {
  const bool is_too_large = envelope.size() > bytes_max;
  // Told beforehand, so that of its statements nothing is kept.
  if (is_too_large) reader.fail(too_large_message(envelope.size(), bytes_max));

  const Status status = json.read(envelope, reader);
  if (status.ok() && reader.fault().empty()) return std::move(reader).take_request();

  Refusal refusal;
  if (!status.ok()) {
    // What broken JSON seems to say is no ground for an answer.
    refusal.error = ErrorId::kMalformedJson;
    refusal.message = malformed_message(reader, status.error());
  } else {
    std::string fault = reader.fault();
    refusal = std::move(reader).take_facts();
    refusal.error = ErrorId::kInvalidField;
    refusal.message = std::move(fault);
  }
  if (is_too_large) {
    refusal.error = ErrorId::kTooLarge;
    refusal.message = too_large_message(envelope.size(), bytes_max);
  }
  return refusal;
}

}  // namespace

RequestDecoder::RequestDecoder() : scratch_(std::make_unique<RequestScratch>()) {}
RequestDecoder::~RequestDecoder() = default;

std::variant<Request, Refusal> RequestDecoder::decode(std::string_view envelope,
                                                      std::size_t bytes_max,
                                                      std::pmr::memory_resource& memory) {
  RequestReader reader(*scratch_, {.memory = memory, .keeps_text = true});
  return read(envelope, bytes_max, json_, reader);
}

std::variant<Request, Refusal> decode_request(std::string_view envelope, std::size_t bytes_max) {
  JsonReader json;
  RequestScratch scratch;
  RequestReader reader(scratch, {.memory = *std::pmr::get_default_resource(), .keeps_text = false});
  return read(envelope, bytes_max, json, reader);
}

}  // namespace sqlbus
