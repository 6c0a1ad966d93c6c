// Decides what may run: decodes the envelope, looks at its database, reply channel, times and kind
// of statement. Loop thread.
#pragma once

#include <cstddef>
#include <functional>
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
  // Of a reply channel: a queue or a key of the bus, where no answer may go.
  using IsReserved = std::function<bool(std::string_view channel)>;

  Admission(const Settings& settings, const BusClock& clock, const Concluder& concluder,
            IsReserved is_reserved);

  std::variant<Admitted, Outcome> admit(Delivery delivery);
  // Of an envelope that has not been claimed: where it is a blocking query, its database.
  std::optional<std::size_t> database_of_query(std::string_view envelope);

 private:
  // What is wrong with a decoded request; error kOk: nothing.
  Verdict examine(const Request& request, const Delivery& delivery, StatementKind kind) const;
  StatementKind kind_of(const Request& request);
  // The name of its database: the default's where it names none, but that for which it has waited,
  // since then the default may have changed.
  std::string_view name_of_database(const Request& request, std::string_view origin) const;
  // Its place; none where it is not configured.
  std::optional<std::size_t> place_of(std::string_view database) const;

  const Settings& settings_;
  const BusClock& clock_;
  const Concluder& concluder_;
  IsReserved is_reserved_;
  RequestDecoder decoder_;
  KindMemo kinds_;
};

}  // namespace sqlbus
