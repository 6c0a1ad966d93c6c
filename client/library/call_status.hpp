// How a call of the library went.
#pragma once

#include <string>

#include "client/sqlbus.h"

namespace sqlbus {

struct [[nodiscard]] CallStatus {
  sqlbus_code code = SQLBUS_E_OK;
  std::string text = {};    // for a person, without secrets; empty where nothing went wrong
  bool is_passing = false;  // the same may succeed soon, on a new connection

  bool ok() const { return code == SQLBUS_E_OK; }
};

}  // namespace sqlbus
