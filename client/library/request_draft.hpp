// The request that a caller is about to send. It borrows the caller's texts, and its memory is used
// again for the next one.
#pragma once

#include <string>

#include "client/library/call_status.hpp"
#include "client/sqlbus.h"
#include "protocol/request.hpp"

namespace sqlbus {

class RequestDraft {
 public:
  RequestDraft(std::string app, std::int64_t pid);

  // Makes it what `given` says, with a UUID and the time. What the bus would refuse is
  // SQLBUS_E_ARGUMENT, by the bus's own rules.
  CallStatus fill(const sqlbus_request& given);
  // Its caller waits: SYNC, and a reply channel of its own.
  void expect_answer();
  void set_deadline(EpochTime deadline) { request_.deadline = deadline; }
  // Valid as long as what `given` pointed to.
  const Request& request() const { return request_; }
  // Gives memory back that only large requests need.
  void shed();

 private:
  std::string app_;
  std::string uuid_;
  Request request_;
};

}  // namespace sqlbus
