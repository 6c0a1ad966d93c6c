#include "drivers/postgres/stepped_statement.hpp"

#include <libpq-fe.h>

#include <string>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/result_ptr.hpp"
#include "drivers/postgres/statement_run.hpp"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

// What a socket's buffer takes at once, with room to spare.
constexpr std::size_t kSentMax = std::size_t{32} << 10U;

std::size_t size_of(const sqlbus_statement& statement) {
  std::size_t size = statement.sql.size;
  for (std::size_t i = 0; i < statement.param_count; ++i) size += statement.params[i].text.size;
  return size;
}

DriverError unsupported() { return {SQLBUS_UNSUPPORTED, "0A000", "it cannot be run in steps"}; }

}  // namespace

SteppedStatement::SteppedStatement(Link& link, PreparedStatements& prepared, sqlbus_item& item)
    : link_(link),
      prepared_(prepared),
      item_(item),
      params_({item.statement.params, item.statement.param_count}),
      answer_(link, item.statement, item.sink, Answer::Cut::kByOthers) {
  if (size_of(item.statement) > kSentMax) throw unsupported();
  check_statement(item.statement);
  const std::string sql(driver::view_of(item.statement.sql));
  const auto ready = prepared.ready(sql, params_.typed());
  if (!ready) throw unsupported();
  is_prepared_ = ready->name != nullptr;
  const int sent =
      is_prepared_ ? PQsendQueryPrepared(link.raw(), ready->name, params_.count(), params_.values(),
                                         params_.lengths(), params_.formats(), 0)
                   : PQsendQueryParams(link.raw(), sql.c_str(), params_.count(), params_.types(),
                                       params_.values(), params_.lengths(), params_.formats(), 0);
  if (sent == 0) throw fault_of(link.raw(), nullptr);
  PQsetSingleRowMode(link.raw());
}

bool SteppedStatement::step(std::uint32_t& wants) {
  wants = SQLBUS_WANTS_READ;
  // What is wrong with the link is told by the results as well.
  PQconsumeInput(link_.raw());
  while (PQisBusy(link_.raw()) == 0) {
    const ResultPtr result(PQgetResult(link_.raw()));
    if (!result) {
      end();
      return true;
    }
    answer_.take(result.get());
  }
  return false;
}

void SteppedStatement::end() {
  item_.affected = answer_.affected();
  if (!answer_.fault()) return;
  const auto fault = *answer_.fault();
  const auto sql = driver::view_of(item_.statement.sql);
  if (is_prepared_ && prepared_.doubts(sql, params_.typed(), fault.sqlstate(), true)) {
    throw again(fault);
  }
  throw fault;
}

}  // namespace sqlbus::postgres
