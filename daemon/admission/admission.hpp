// Decides what may run: decodes the envelope, looks at its database, reply channel, times and kind
// of statement. Loop thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "daemon/admission/admitted.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/settlement/concluder.hpp"
#include "daemon/settlement/outcome.hpp"

namespace sqlbus {

class Admission {
 public:
  Admission(const Settings& settings, const BusClock& clock, const Concluder& concluder);

  std::variant<Admitted, Outcome> admit(Delivery delivery) const;

 private:
  bool is_reserved(std::string_view channel) const;
  // What is wrong with a decoded request; error kOk: nothing.
  Verdict examine(const Request& request, const Delivery& delivery) const;

  const Settings& settings_;
  const BusClock& clock_;
  const Concluder& concluder_;
};

}  // namespace sqlbus
