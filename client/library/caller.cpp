#include "client/library/caller.hpp"

#include <unistd.h>

#include <cstring>
#include <utility>

#include "client/library/sized_struct.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {

namespace {

// Larger requests are rare: their memory is given back.
constexpr std::size_t kKeptBytesMax = 1U << 20U;

}  // namespace

Caller::Caller(CallerSettings settings)
    : settings_(std::move(settings)),
      draft_(settings_.app, getpid()),
      link_(settings_),
      single_(settings_.queue, kKeptBytesMax),
      buffer_(settings_, link_) {}

CallStatus Caller::send(const sqlbus_request& given, char* uuid) {
  if (CallStatus status = compose(given, uuid); !status.ok()) return status;
  if (buffer_.count() != 0) {
    if (CallStatus status = buffer_.flush(); !status.ok()) return status;
  }
  single_.clear();
  single_.add(envelope_);
  CallStatus status = link_.write(single_, draft_.request().timestamp);
  if (status.ok()) status = link_.confirm();
  shed();
  return status;
}

CallStatus Caller::add(const sqlbus_request& given, char* uuid) {
  if (!buffer_.failure().ok()) return buffer_.failure();
  if (CallStatus status = compose(given, uuid); !status.ok()) return status;
  buffer_.add(envelope_, draft_.request().timestamp);
  shed();
  return {};
}

CallStatus Caller::flush() { return buffer_.flush(); }

CallStatus Caller::read_clock(std::int64_t& now_us) {
  buffer_.await_answer();
  return link_.read_clock(now_us);
}

void Caller::give_up() noexcept {
  link_.drop();
  buffer_.lose_answer();
}

CallStatus Caller::compose(const sqlbus_request& given, char* uuid) {
  if (given.struct_size == 0) {
    return {SQLBUS_E_ARGUMENT, "the struct_size of a request is sizeof(sqlbus_request)"};
  }
  const sqlbus_request wanted = sized_copy(given);
  if (CallStatus status = draft_.fill(wanted); !status.ok()) return status;
  encode_request(draft_.request(), envelope_);
  if (envelope_.size() > settings_.request_bytes_max) {
    CallStatus status{SQLBUS_E_TOO_LARGE, "the request has " + std::to_string(envelope_.size()) +
                                              " bytes, request_bytes_max is " +
                                              std::to_string(settings_.request_bytes_max)};
    shed();
    return status;
  }
  if (uuid != nullptr && wanted.uuid == nullptr) {
    const auto made = draft_.request().uuid.view();
    std::memcpy(uuid, made.data(), made.size());
    uuid[made.size()] = '\0';
  }
  return {};
}

void Caller::shed() {
  if (envelope_.size() <= kKeptBytesMax) return;
  envelope_ = {};
  draft_.shed();
  single_.clear();
}

}  // namespace sqlbus
