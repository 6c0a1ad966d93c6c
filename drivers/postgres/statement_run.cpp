#include "drivers/postgres/statement_run.hpp"

#include <libpq-fe.h>

#include <string>

#include "drivers/postgres/cells.hpp"
#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/placeholders.hpp"
#include "drivers/postgres/result_ptr.hpp"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

// Reads results to the last, also where something throws, so that the connection is free again.
class Results {
 public:
  explicit Results(Link& link) : link_(link) {}
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;
  ~Results() {
    while (next()) {
    }
  }
  ResultPtr next() { return ResultPtr(PQgetResult(link_.raw())); }

 private:
  Link& link_;
};

// Whether it is prepared now; else the answer has the fault.
bool prepare(Link& link, const char* name, const std::string& sql, const Params& params,
             Answer& answer) {
  const auto types = params.typed();
  const ResultPtr result(
      PQprepare(link.raw(), name, sql.c_str(), static_cast<int>(types.size()), types.data()));
  answer.take(result.get());
  return !answer.fault();
}

// The extended protocol, also without parameters: the server then refuses a second statement.
void run(Link& link, const char* name, const std::string& sql, const Params& params,
         Answer& answer) {
  const int sent = name != nullptr
                       ? PQsendQueryPrepared(link.raw(), name, params.count(), params.values(),
                                             params.lengths(), params.formats(), 0)
                       : PQsendQueryParams(link.raw(), sql.c_str(), params.count(), params.types(),
                                           params.values(), params.lengths(), params.formats(), 0);
  if (sent == 0) throw fault_of(link.raw(), nullptr);
  PQsetSingleRowMode(link.raw());
  Results results(link);
  while (const auto result = results.next()) answer.take(result.get());
}

}  // namespace

Answer run_statement(Link& link, PreparedStatements& prepared, const sqlbus_statement& statement,
                     const sqlbus_sink* sink, bool may_cut) {
  check_statement(statement);
  const std::string sql(driver::view_of(statement.sql));
  const Params params({statement.params, statement.param_count});
  const auto use = prepared.use(sql, params.typed());
  Answer answer(link, statement, sink, may_cut ? Answer::Cut::kHere : Answer::Cut::kNever);
  const bool is_ready = !use.is_new || prepare(link, use.name, sql, params, answer);
  if (is_ready) run(link, use.name, sql, params, answer);
  if (!answer.fault()) return answer;
  const auto fault = *answer.fault();
  if (!is_ready) prepared.forget(sql, params.typed());
  const bool was_prepared = use.name != nullptr && !use.is_new;
  const bool is_lone = link.transaction() == SQLBUS_TRANSACTION_NONE;
  if (!was_prepared || !prepared.doubts(sql, params.typed(), fault.sqlstate(), is_lone)) {
    throw fault;
  }
  if (!is_lone) throw again(fault);
  return run_statement(link, prepared, statement, sink, may_cut);
}

void check_statement(const sqlbus_statement& statement) {
  if (driver::has_nul(driver::view_of(statement.sql))) {
    throw DriverError("42601", "the statement holds a NUL character");
  }
  check_typed(statement);
}

DriverError again(const DriverError& fault) {
  return {SQLBUS_AGAIN, fault.sqlstate(), fault.what()};
}

}  // namespace sqlbus::postgres
