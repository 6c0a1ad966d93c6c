#include "client/library/push_buffer.hpp"

#include <exception>

namespace sqlbus {

namespace {

// A full push, in memory that grew by doubling.
std::size_t kept_bytes(const BufferLimits& limits) { return limits.bytes_max * 2; }

}  // namespace

PushBuffer::PushBuffer(const CallerSettings& settings, PushLink& link)
    : limits_(settings.buffer),
      link_(link),
      older_(settings.queue, kept_bytes(limits_)),
      younger_(settings.queue, kept_bytes(limits_)) {}

void PushBuffer::add(std::string_view envelope, EpochTime now) {
  younger_.add(envelope);
  if (younger_.count() == 1) oldest_ = now;
  if (is_due(now)) ship();
}

CallStatus PushBuffer::flush() {
  failure_ = finish_older();
  if (failure_.ok()) failure_ = send_younger();
  if (failure_.ok()) failure_ = finish_older();
  return failure_;
}

void PushBuffer::await_answer() {
  if (awaits_answer_) failure_ = finish_older();
}

void PushBuffer::discard() {
  // Its answer would be taken for that to the next push.
  if (awaits_answer_) link_.drop();
  awaits_answer_ = false;
  older_.clear();
  younger_.clear();
  failure_ = {};
}

bool PushBuffer::is_due(EpochTime now) const {
  // A clock that was set back tells nothing of the age.
  const bool is_old = now < oldest_ || now - oldest_ >= limits_.age_max;
  return is_old || younger_.count() >= limits_.count_max || younger_.bytes() >= limits_.bytes_max;
}

// What goes wrong is told by the next call: that which has filled the buffer has done its work.
void PushBuffer::ship() noexcept {
  try {
    failure_ = finish_older();
    if (failure_.ok()) failure_ = send_younger();
  } catch (const std::exception&) {
    link_.drop();
    lose_answer();
    failure_.code = SQLBUS_E_MEMORY;
    failure_.text.clear();
  }
}

CallStatus PushBuffer::send_younger() {
  if (younger_.is_empty()) return {};
  std::swap(older_, younger_);
  CallStatus status = link_.write(older_);
  awaits_answer_ = status.ok();
  return status;
}

CallStatus PushBuffer::finish_older() {
  if (older_.is_empty()) return {};
  CallStatus sent = awaits_answer_ ? link_.check_process() : link_.write(older_);
  if (!sent.ok()) return sent;
  awaits_answer_ = false;
  if (CallStatus status = link_.confirm(); !status.ok()) return status;
  accepted_ += older_.count();
  older_.clear();
  return {};
}

}  // namespace sqlbus
