// A result of libpq, owned.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace sqlbus::postgres {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

}  // namespace sqlbus::postgres
