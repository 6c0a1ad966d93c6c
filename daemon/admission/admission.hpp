// Decides what may run: decodes the envelope, looks at its database, reply channel, times and kind
// of statement. Loop thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "daemon/admission/admitted.hpp"
#include "daemon/admission/kind_memo.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/settlement/concluder.hpp"
#include "daemon/settlement/outcome.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus {

class Admission {
 public:
  Admission(const Settings& settings, const BusClock& clock, const Concluder& concluder);

  std::variant<Admitted, Outcome> admit(Delivery delivery);

 private:
  bool is_reserved(std::string_view channel) const;
  // What is wrong with a decoded request; error kOk: nothing.
  Verdict examine(const Request& request, const Delivery& delivery, StatementKind kind) const;
  StatementKind kind_of(const Request& request);

  const Settings& settings_;
  const BusClock& clock_;
  const Concluder& concluder_;
  RequestDecoder decoder_;
  KindMemo kinds_;
};

}  // namespace sqlbus
