// The lines that tell what has become of a request. Any thread.
//
// What a database said of a failure is not among them: it quotes values. It stands in the response
// and in the dead letter.
#pragma once

#include <string_view>

#include "daemon/intake/delivery.hpp"
#include "daemon/log/log.hpp"
#include "daemon/settlement/concluder.hpp"
#include "protocol/request.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {

// An envelope that is no request.
void log_refused(Log& log, const Delivery& delivery, const Refusal& refusal, bool is_dead);
void log_ended(Log& log, const Delivery& delivery, const Request& request, const Verdict& verdict,
               bool is_dead);
// A copy, answered by the ledger.
void log_repeated(Log& log, const Delivery& delivery, const Request& request,
                  std::string_view database);
// Its database is down.
void log_waits(Log& log, const Delivery& delivery, const Request& request,
               std::string_view database);

}  // namespace sqlbus
