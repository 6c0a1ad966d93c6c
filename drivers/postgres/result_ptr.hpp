// A result of libpq: owned, and asked whether it went well.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace sqlbus::postgres {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

inline bool is_fine(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

}  // namespace sqlbus::postgres
