#include "client/library/asker.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "client/library/backoff.hpp"
#include "client/library/push_command.hpp"
#include "client/resp.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A server that is silent for longer than such a pop and its timeout is no longer there.
constexpr milliseconds kPopLongest{10'000};
// For somebody who looks when the time is over.
constexpr milliseconds kLook{50};

milliseconds left_of(const Question& question) {
  return std::chrono::ceil<milliseconds>(question.end - steady_clock::now());
}

CallStatus unclear(const std::string& why) {
  return {SQLBUS_E_UNCLEAR, "the request may be on the queue or not: " + why};
}

}  // namespace

Question::TimePoint Asker::end_of(const Question& question) {
  const auto now = steady_clock::now();
  return question.end > now ? question.end : now + kLook;
}

CallStatus Asker::push(Question& question) {
  const LinkEnd end(link_, question.end);
  return persist(question, [&] { return begin(question, false); });
}

CallStatus Asker::ask(Question& question, Response& answer) {
  const LinkEnd end(link_, end_of(question));
  return persist(question, [&] {
    CallStatus status = begin(question, true);
    return status.ok() ? await(question, answer) : status;
  });
}

// Until it succeeds, fails for good, or the time is over.
template <typename Try>
CallStatus Asker::persist(Question& question, Try attempt) {
  Backoff backoff;
  for (;;) {
    CallStatus status = attempt();
    if (!status.is_passing) {
      const bool is_refused = status.code == SQLBUS_E_REFUSED;
      if (is_refused) link_.drop();  // the pop behind the push is still due
      if (is_refused || status.code == SQLBUS_E_FULL) {
        return question.may_be_there ? unclear(status.text) : status;
      }
      return status;
    }
    link_.drop();
    if (settings_.resends) question.is_there = false;
    const bool is_lost = question.may_be_there && !question.is_there;
    if (is_lost && !settings_.resends && left_of(question).count() > 0) {
      return unclear(status.text);
    }
    if (!backoff.pause_before(question.end)) return out_of_time(question, std::move(status));
  }
}

// The push and the pop behind it are one round trip.
CallStatus Asker::begin(Question& question, bool also_waits) {
  if (CallStatus status = link_.connect(); !status.ok()) return status;
  const bool pushes = !question.is_there;
  if (pushes) {
    if (CallStatus status = link_.find_room(); !status.ok()) return status;
  }
  commands_.clear();
  if (commands_.capacity() > kKeptBytesMax) commands_.shrink_to_fit();
  if (pushes) commands_ += question.push;
  if (also_waits) append_pop(commands_, question);
  const bool was_unclear = std::exchange(question.may_be_there, true);
  if (CallStatus status = link_.write(commands_); !status.ok()) return status;
  return pushes ? confirm_push(question, was_unclear) : CallStatus{};
}

CallStatus Asker::confirm_push(Question& question, bool was_unclear) {
  RedisValue length;
  CallStatus status = link_.read(length);
  if (status.ok()) {
    link_.learn_length(length);
    question.is_there = true;
  }
  // An answer says what became of this push, and nothing of an earlier one.
  if (status.code == SQLBUS_E_REFUSED) question.may_be_there = was_unclear;
  return status;
}

CallStatus Asker::await(Question& question, Response& answer) {
  for (;;) {
    RedisValue popped;
    if (CallStatus status = link_.read(popped, pop_wait_); !status.ok()) return status;
    // [channel, answer] of a blocking pop, the answer alone of a look.
    const RedisValue& json = popped.kind == RedisValue::Kind::kArray ? popped[1] : popped;
    if (!json.is_nil()) {
      auto response = decode_response(json.text);
      if (!response) return {SQLBUS_E_BAD_ANSWER, std::move(response).error().message};
      if (response->uuid == question.uuid) {
        answer = *std::move(response);
        return {};
      }
      // Somebody else's is to be discarded, says the protocol.
    } else if (left_of(question).count() <= 0) {
      return out_of_time(question, {});
    }
    commands_.clear();
    append_pop(commands_, question);
    if (CallStatus status = link_.write(commands_); !status.ok()) return status;
  }
}

void Asker::append_pop(std::string& commands, const Question& question) {
  pop_wait_ = std::min(left_of(question), kPopLongest);
  if (pop_wait_.count() <= 0) {
    pop_wait_ = {};
    append_resp(commands, std::array<std::string_view, 2>{"RPOP", question.uuid});
    return;
  }
  std::array<char, 32> seconds{};
  const int size = std::snprintf(seconds.data(), seconds.size(), "%lld.%03lld",
                                 static_cast<long long>(pop_wait_.count() / 1000),
                                 static_cast<long long>(pop_wait_.count() % 1000));
  append_resp(commands,
              std::array<std::string_view, 3>{
                  "BRPOP", question.uuid, {seconds.data(), static_cast<std::size_t>(size)}});
}

CallStatus Asker::out_of_time(const Question& question, CallStatus fault) const {
  if (!question.may_be_there && !fault.ok()) return fault;
  return {SQLBUS_E_TIMEOUT, "no answer within " + std::to_string(question.timeout.count()) + " ms"};
}

}  // namespace sqlbus
