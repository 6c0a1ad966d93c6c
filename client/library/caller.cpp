#include "client/library/caller.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "client/library/backoff.hpp"
#include "client/library/sized_struct.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTimeoutDefault{30'000};

CallStatus refuse(const char* text) { return {SQLBUS_E_ARGUMENT, text}; }

bool is_urgent(const sqlbus_request& request) { return (request.flags & SQLBUS_URGENT) != 0; }

}  // namespace

Caller::Caller(CallerSettings settings)
    : settings_(std::move(settings)),
      draft_(settings_.app, getpid()),
      link_(settings_),
      single_(settings_.queue, kKeptBytesMax),
      buffer_(settings_, link_),
      many_(settings_, link_),
      asker_(settings_, link_) {}

CallStatus Caller::send(const sqlbus_request& given, char* uuid) {
  if (CallStatus status = compose(given, uuid); !status.ok()) return status;
  if (CallStatus status = flush(); !status.ok()) return status;
  // An urgent one takes the other way in.
  std::optional<PushCommand> urgent;
  if (is_urgent(sized_copy(given))) urgent.emplace(settings_.queue, kKeptBytesMax, "RPUSH");
  PushCommand& push = urgent ? *urgent : single_;
  push.clear();
  push.add(envelope_);
  CallStatus status = persist(settings_.retry, [&] {
    CallStatus written = link_.write(push, draft_.request().timestamp);
    return written.ok() ? link_.confirm() : written;
  });
  shed();
  return status;
}

CallStatus Caller::add(const sqlbus_request& given, char* uuid) {
  if (!buffer_.failure().ok()) return buffer_.failure();
  if (CallStatus status = compose_together(given, uuid); !status.ok()) return status;
  buffer_.add(envelope_, draft_.request().timestamp);
  shed();
  return {};
}

CallStatus Caller::flush(milliseconds retry) {
  return persist(retry, [&] { return buffer_.flush(); });
}

CallStatus Caller::send_many(Many many, std::size_t& accepted) {
  if (CallStatus status = flush(); !status.ok()) return status;
  CallStatus status = add_many(many);
  // What went before a request that is none is sent all the same.
  if (many_.failure().ok()) {
    CallStatus flushed = persist(settings_.retry, [&] { return many_.flush(); });
    if (!flushed.ok()) status = std::move(flushed);
  }
  accepted = many_.take_accepted();
  many_.discard();
  return status;
}

CallStatus Caller::add_many(const Many& many) {
  const std::size_t stride = many.first->struct_size;
  const char* place = reinterpret_cast<const char*>(many.first);
  for (std::size_t i = 0; i < many.count; ++i, place += stride) {
    const auto& given = *reinterpret_cast<const sqlbus_request*>(place);
    if (given.struct_size != stride) return refuse("the requests are not of one struct_size");
    CallStatus status = compose_together(given, many.uuids == nullptr ? nullptr : many.uuids[i]);
    if (!status.ok()) {
      status.text.insert(0, "request " + std::to_string(i + 1) + ": ");
      return status;
    }
    many_.add(envelope_, draft_.request().timestamp);
    shed();
    if (many_.failure().ok()) continue;
    status = persist(settings_.retry, [&] { return many_.flush(); });
    if (!status.ok()) return status;
  }
  return {};
}

CallStatus Caller::query(const sqlbus_request& given, std::uint32_t timeout_ms,
                         std::optional<Answer>& answer) {
  Question question;
  if (CallStatus status = prepare(given, timeout_ms, question); !status.ok()) return status;
  return wait(question, answer);
}

CallStatus Caller::start(const sqlbus_request& given, std::uint32_t timeout_ms,
                         Question& question) {
  if (CallStatus status = prepare(given, timeout_ms, question); !status.ok()) return status;
  return asker_.push(question);
}

CallStatus Caller::wait(Question& question, std::optional<Answer>& answer) {
  last_uuid_ = question.uuid;
  {
    const LinkEnd end(link_, Asker::end_of(question));
    buffer_.await_answer();
  }
  Response response;
  if (CallStatus status = asker_.ask(question, response); !status.ok()) return status;
  auto read = Answer::from(std::move(response));
  if (!read) return {SQLBUS_E_BAD_ANSWER, std::move(read).error().message};
  answer = *std::move(read);
  return {answer->code(), answer->error_text()};
}

CallStatus Caller::prepare(const sqlbus_request& given, std::uint32_t timeout_ms,
                           Question& question) {
  question.timeout = timeout_ms == 0 ? kTimeoutDefault : milliseconds{timeout_ms};
  question.end = steady_clock::now() + question.timeout;
  if (CallStatus status = fill(given); !status.ok()) return status;
  draft_.expect_answer();
  if (CallStatus status = encode(); !status.ok()) return status;  // before Redis is asked anything
  const LinkEnd end(link_, question.end);
  if (CallStatus status = flush(question.timeout); !status.ok()) return status;
  const sqlbus_request wanted = sized_copy(given);
  if (wanted.deadline_us == 0 && (wanted.flags & SQLBUS_NO_DEADLINE) == 0) {
    if (CallStatus status = set_deadline(question); !status.ok()) return status;
    if (CallStatus status = encode(); !status.ok()) return status;
  }
  PushCommand push(settings_.queue, kKeptBytesMax, is_urgent(wanted) ? "RPUSH" : "LPUSH");
  push.add(envelope_);
  question.uuid = last_uuid_;
  question.push = push.resp();
  shed();
  return {};
}

CallStatus Caller::set_deadline(const Question& question) {
  if (CallStatus status = persist(question.timeout, [&] { return learn_clock(); }); !status.ok()) {
    return status;
  }
  const auto left = question.end - steady_clock::now();
  // At the DEADLINE the bus says what became of the request: time for that to arrive.
  const auto verdict = std::min(question.timeout / 10, milliseconds{250});
  draft_.set_deadline(clock_.now() +
                      std::chrono::duration_cast<std::chrono::microseconds>(left - verdict));
  return {};
}

CallStatus Caller::learn_clock() {
  if (CallStatus status = link_.connect(); !status.ok()) return status;
  if (clock_.is_known(link_.connection())) return {};
  std::int64_t now_us = 0;
  if (CallStatus status = link_.read_clock(now_us); !status.ok()) return status;
  clock_.set(EpochTime(std::chrono::microseconds(now_us)), link_.connection());
  return {};
}

CallStatus Caller::read_clock(std::int64_t& now_us) {
  buffer_.await_answer();
  return link_.read_clock(now_us);
}

void Caller::give_up() noexcept {
  link_.drop();
  buffer_.lose_answer();
  many_.lose_answer();
  many_.discard();
}

template <typename Try>
CallStatus Caller::persist(milliseconds limit, Try attempt) {
  const auto end = std::min(steady_clock::now() + limit, link_.end());
  Backoff backoff;
  std::string unclear;
  for (;;) {
    CallStatus status = attempt();
    if (status.ok()) return status;
    if (status.code == SQLBUS_E_UNCLEAR) unclear = status.text;
    if (status.is_passing && limit.count() != 0 && backoff.pause_before(end)) continue;
    if (unclear.empty() || status.code == SQLBUS_E_UNCLEAR) return status;
    return {SQLBUS_E_UNCLEAR, unclear + "; then: " + status.text, status.is_passing};
  }
}

CallStatus Caller::fill(const sqlbus_request& given) {
  if (given.struct_size == 0) {
    return refuse("the struct_size of a request is sizeof(sqlbus_request)");
  }
  if (CallStatus status = draft_.fill(sized_copy(given)); !status.ok()) return status;
  last_uuid_ = draft_.request().uuid.view();
  return {};
}

CallStatus Caller::encode() {
  encode_request(draft_.request(), envelope_);
  if (envelope_.size() <= settings_.request_bytes_max) return {};
  CallStatus status{SQLBUS_E_TOO_LARGE, "the request has " + std::to_string(envelope_.size()) +
                                            " bytes, request_bytes_max is " +
                                            std::to_string(settings_.request_bytes_max)};
  shed();
  return status;
}

CallStatus Caller::compose(const sqlbus_request& given, char* uuid) {
  CallStatus status = fill(given);
  if (status.ok()) status = encode();
  if (status.ok()) tell_uuid(given, uuid);
  return status;
}

CallStatus Caller::compose_together(const sqlbus_request& given, char* uuid) {
  if (is_urgent(sized_copy(given))) return refuse("an urgent request goes alone");
  return compose(given, uuid);
}

// One that the caller has named is not told again.
void Caller::tell_uuid(const sqlbus_request& given, char* uuid) const {
  if (uuid == nullptr || sized_copy(given).uuid != nullptr) return;
  std::memcpy(uuid, last_uuid_.data(), last_uuid_.size());
  uuid[last_uuid_.size()] = '\0';
}

void Caller::shed() {
  if (envelope_.size() <= kKeptBytesMax) return;
  envelope_ = {};
  draft_.shed();
  single_.clear();
}

}  // namespace sqlbus
