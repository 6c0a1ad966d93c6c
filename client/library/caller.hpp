// A process that hands requests over to the bus. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "client/library/answer.hpp"
#include "client/library/asker.hpp"
#include "client/library/call_status.hpp"
#include "client/library/caller_settings.hpp"
#include "client/library/push_buffer.hpp"
#include "client/library/push_command.hpp"
#include "client/library/push_link.hpp"
#include "client/library/question.hpp"
#include "client/library/request_draft.hpp"
#include "client/library/server_clock.hpp"
#include "client/sqlbus.h"

namespace sqlbus {

// What the functions of sqlbus.h do, which has the contract. Where one throws, give_up() follows.
class Caller {
 public:
  // An array of structs that may be of another version than ours.
  struct Many {
    const sqlbus_request* first;
    std::size_t count;
    char (*uuids)[SQLBUS_UUID_SIZE];  // may be null
  };

  explicit Caller(CallerSettings settings);
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  CallStatus connect() { return link_.connect(); }
  CallStatus send(const sqlbus_request& given, char* uuid);
  CallStatus add(const sqlbus_request& given, char* uuid);
  CallStatus flush() { return flush(settings_.retry); }
  CallStatus send_many(Many many, std::size_t& accepted);
  // `timeout_ms` may be 0, for the default.
  CallStatus query(const sqlbus_request& given, std::uint32_t timeout_ms,
                   std::optional<Answer>& answer);
  CallStatus start(const sqlbus_request& given, std::uint32_t timeout_ms, Question& question);
  CallStatus wait(Question& question, std::optional<Answer>& answer);
  CallStatus read_clock(std::int64_t& now_us);
  PushBuffer& buffer() { return buffer_; }
  const PushBuffer& buffer() const { return buffer_; }
  // Of the request that the call was about; begin_call() forgets it.
  const std::string& last_uuid() const { return last_uuid_; }
  void begin_call() { last_uuid_.clear(); }

  // Nothing is known of what the connection was doing.
  void give_up() noexcept;

 private:
  CallStatus flush(std::chrono::milliseconds retry);
  CallStatus fill(const sqlbus_request& given);
  CallStatus encode();
  CallStatus compose(const sqlbus_request& given, char* uuid);
  void tell_uuid(const sqlbus_request& given, char* uuid) const;
  CallStatus compose_together(const sqlbus_request& given, char* uuid);
  CallStatus add_many(const Many& many);
  CallStatus prepare(const sqlbus_request& given, std::uint32_t timeout_ms, Question& question);
  CallStatus set_deadline(const Question& question);
  CallStatus learn_clock();
  // Tries again what Redis does not answer, as long as the settings and the link's end allow.
  template <typename Try>
  CallStatus persist(std::chrono::milliseconds limit, Try attempt);
  void shed();

  const CallerSettings settings_;
  RequestDraft draft_;
  std::string envelope_;
  PushLink link_;
  PushCommand single_;
  PushBuffer buffer_;
  PushBuffer many_;  // of send_many(), empty between its calls
  Asker asker_;
  ServerClock clock_;
  std::string last_uuid_;
};

}  // namespace sqlbus
