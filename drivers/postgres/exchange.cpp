#include "drivers/postgres/exchange.hpp"

#include <libpq-fe.h>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/result_ptr.hpp"

namespace sqlbus::postgres {

Exchange::Exchange(Link& link) : link_(link) {
  if (PQenterPipelineMode(link_.raw()) != 1) throw fault_of(link_.raw(), nullptr);
}

Exchange::~Exchange() {
  if (!is_finished_ && link_.is_alive() && PQpipelineSync(link_.raw()) == 1) {
    read_all([](std::size_t, const PGresult*) {});
  }
  PQexitPipelineMode(link_.raw());
}

void Exchange::query(const char* sql) {
  sent(PQsendQueryParams(link_.raw(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0), false);
}

void Exchange::query(const char* sql, const Params& params, bool by_row) {
  sent(PQsendQueryParams(link_.raw(), sql, params.count(), params.types(), params.values(),
                         params.lengths(), params.formats(), 0),
       by_row);
}

void Exchange::prepare(const char* name, const char* sql, const std::vector<unsigned int>& types) {
  sent(PQsendPrepare(link_.raw(), name, sql, static_cast<int>(types.size()), types.data()), false);
}

void Exchange::describe(const char* name) {
  sent(PQsendDescribePrepared(link_.raw(), name), false);
}

void Exchange::run_prepared(const char* name, const Params& params, bool by_row) {
  sent(PQsendQueryPrepared(link_.raw(), name, params.count(), params.values(), params.lengths(),
                           params.formats(), 0),
       by_row);
}

void Exchange::sent(int is_sent, bool by_row) {
  if (is_sent != 1) throw fault_of(link_.raw(), nullptr);
  by_row_.push_back(by_row);
}

void Exchange::finish(const OnResult& on_result) {
  is_finished_ = true;
  if (PQpipelineSync(link_.raw()) != 1) throw fault_of(link_.raw(), nullptr);
  read_all(on_result);
  if (!link_.is_alive()) throw fault_of(link_.raw(), nullptr);
}

void Exchange::read_all(const OnResult& on_result) {
  for (std::size_t number = 0; number < by_row_.size(); ++number) {
    if (by_row_[number]) PQsetSingleRowMode(link_.raw());
    while (const ResultPtr result{PQgetResult(link_.raw())}) {
      if (PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED) on_result(number, result.get());
    }
    if (!link_.is_alive()) return;
  }
  while (const ResultPtr result{PQgetResult(link_.raw())}) {
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return;
  }
}

}  // namespace sqlbus::postgres
