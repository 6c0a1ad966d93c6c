#include "drivers/postgres/exchange.hpp"

#include <libpq-fe.h>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/result_ptr.hpp"

namespace sqlbus::postgres {

Exchange::Exchange(Link& link) : link_(link) {
  if (PQenterPipelineMode(link_.raw()) != 1) throw fault_of(link_.raw(), nullptr);
}

Exchange::~Exchange() {
  if (size() > 0 && link_.is_alive() && PQpipelineSync(link_.raw()) == 1) {
    ends_.push_back(by_row_.size());
  }
  while (stages_read_ < ends_.size() && link_.is_alive()) {
    read_stage([](std::size_t, const PGresult*) {});
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

void Exchange::sync() {
  if (PQpipelineSync(link_.raw()) != 1) throw fault_of(link_.raw(), nullptr);
  ends_.push_back(by_row_.size());
}

void Exchange::read(const OnResult& on_result) {
  read_stage(on_result);
  if (!link_.is_alive()) throw fault_of(link_.raw(), nullptr);
}

void Exchange::finish(const OnResult& on_result) {
  sync();
  read(on_result);
}

void Exchange::read_stage(const OnResult& on_result) {
  const auto begin = stages_read_ == 0 ? 0 : ends_[stages_read_ - 1];
  const auto end = ends_[stages_read_++];
  for (auto at = begin; at < end; ++at) {
    if (by_row_[at]) PQsetSingleRowMode(link_.raw());
    while (const ResultPtr result{PQgetResult(link_.raw())}) {
      if (PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED) {
        on_result(at - begin, result.get());
      }
    }
    if (!link_.is_alive()) return;
  }
  while (const ResultPtr result{PQgetResult(link_.raw())}) {
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return;
  }
}

}  // namespace sqlbus::postgres
