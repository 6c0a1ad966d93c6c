// Decides what may run: decodes the envelope, looks at its database, reply channel, times and kind
// of statement. Loop thread.
#pragma once

#include <cstddef>
#include <optional>
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
  // Of an envelope that has not been claimed: where it is a blocking query, its database.
  std::optional<std::size_t> database_of_query(std::string_view envelope);

 private:
  bool is_reserved(std::string_view channel) const;
  // What is wrong with a decoded request; error kOk: nothing.
  Verdict examine(const Request& request, const Delivery& delivery, StatementKind kind) const;
  StatementKind kind_of(const Request& request);
  // Its index; none where it names one that is not configured.
  std::optional<std::size_t> database_of(const Request& request) const;

  const Settings& settings_;
  const BusClock& clock_;
  const Concluder& concluder_;
  RequestDecoder decoder_;
  KindMemo kinds_;
};

}  // namespace sqlbus
