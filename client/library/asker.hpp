// Pushes questions, and waits for their answers.
#pragma once

#include <chrono>
#include <string>

#include "client/library/call_status.hpp"
#include "client/library/caller_settings.hpp"
#include "client/library/push_link.hpp"
#include "client/library/question.hpp"
#include "protocol/response.hpp"

namespace sqlbus {

// A connection with a reply due that nobody awaits any more is dropped: what comes late on it is
// nobody's. Where a connection breaks the question goes again, as it was, on the next one.
class Asker {
 public:
  // Borrows both.
  Asker(const CallerSettings& settings, PushLink& link) : settings_(settings), link_(link) {}

  // Until when its answer is waited for: somebody who comes late looks once whether it is there.
  static Question::TimePoint end_of(const Question& question);

  // Until Redis has it.
  CallStatus push(Question& question);
  // Its answer, until end_of() it; pushes it where that has not been done.
  CallStatus ask(Question& question, Response& answer);

 private:
  template <typename Try>
  CallStatus persist(Question& question, Try attempt);
  CallStatus begin(Question& question, bool also_waits);
  CallStatus confirm_push(Question& question, bool was_unclear);
  CallStatus await(Question& question, Response& answer);
  void append_pop(std::string& commands, const Question& question);
  CallStatus out_of_time(const Question& question, CallStatus fault) const;

  const CallerSettings& settings_;
  PushLink& link_;
  std::chrono::milliseconds pop_wait_{0};  // of the pop that is under way
  std::string commands_;
};

}  // namespace sqlbus
