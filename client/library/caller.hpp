// A process that hands requests over to the bus. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "client/library/call_status.hpp"
#include "client/library/caller_settings.hpp"
#include "client/library/push_buffer.hpp"
#include "client/library/push_command.hpp"
#include "client/library/push_link.hpp"
#include "client/library/request_draft.hpp"
#include "client/sqlbus.h"

namespace sqlbus {

// What the functions of sqlbus.h do, which has the contract. Where one throws, give_up() follows.
class Caller {
 public:
  explicit Caller(CallerSettings settings);
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  CallStatus connect() { return link_.connect(); }
  CallStatus send(const sqlbus_request& given, char* uuid);
  CallStatus add(const sqlbus_request& given, char* uuid);
  CallStatus flush();
  CallStatus read_clock(std::int64_t& now_us);
  PushBuffer& buffer() { return buffer_; }
  const PushBuffer& buffer() const { return buffer_; }

  // Nothing is known of what the connection was doing.
  void give_up() noexcept;

 private:
  CallStatus compose(const sqlbus_request& given, char* uuid);
  void shed();

  const CallerSettings settings_;
  RequestDraft draft_;
  std::string envelope_;
  PushLink link_;
  PushCommand single_;
  PushBuffer buffer_;
};

}  // namespace sqlbus
