#include "drivers/postgres/statement_run.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/postgres/cells.hpp"
#include "drivers/postgres/fault.hpp"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

// A cancel costs the server a new process, so some rows are rather read and dropped.
constexpr int kRowsDroppedBeforeCancel = 5000;

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

// Whether $number stands in the text, be it in a literal.
bool mentions(std::string_view sql, std::size_t number) {
  const auto placeholder = "$" + std::to_string(number);
  for (auto at = sql.find(placeholder); at != sql.npos; at = sql.find(placeholder, at + 1)) {
    const auto behind = at + placeholder.size();
    if (behind == sql.size() || sql[behind] < '0' || sql[behind] > '9') return true;
  }
  return false;
}

// A wrong number of parameters is told when they are bound, or, where one of them has a type and
// there are too many, as one that is nowhere in the statement.
bool is_param_count(const DriverError& fault, const sqlbus_statement& statement) {
  if (fault.sqlstate() == "08P01") {
    return std::string_view(fault.what()).starts_with("bind message supplies");
  }
  return fault.sqlstate() == "42P18" &&
         !mentions(driver::view_of(statement.sql), statement.param_count);
}

// The server takes a parameter whose type it is told for granted, so these are looked for here.
void check_typed(const sqlbus_statement& statement) {
  for (std::size_t i = 0; i < statement.param_count; ++i) {
    const bool has_type = statement.params[i].kind == SQLBUS_VALUE_BYTES;
    if (has_type && !mentions(driver::view_of(statement.sql), i + 1)) {
      throw DriverError(
          "07001", "parameter " + std::to_string(i + 1) + " has no placeholder in the statement");
    }
  }
}

// One statement on its way: reads its results to the last, also where something throws, so that
// the connection is free again.
class Run {
 public:
  Run(Link& link, const sqlbus_statement& statement, const sqlbus_sink* sink, bool may_cut)
      : link_(link),
        statement_(statement),
        sink_(sink),
        may_cut_(may_cut),
        wants_rows_(sink != nullptr) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    while (next()) {
    }
  }

  void send();
  RunOutcome finish();

 private:
  ResultPtr next() { return ResultPtr(PQgetResult(link_.raw())); }
  void take(const PGresult* result);
  void take_rows(const PGresult* result);
  void take_tag(std::string_view tag, std::string_view count);
  void drop_row();
  void end_copy(ExecStatusType status);
  void fail(const PGresult* result);
  void fail(const DriverError& fault) {
    if (!fault_) fault_.emplace(fault);
  }

  Link& link_;
  const sqlbus_statement& statement_;
  const sqlbus_sink* sink_;
  bool may_cut_;
  bool wants_rows_;
  int dropped_ = 0;
  std::vector<sqlbus_column> columns_;
  std::vector<sqlbus_value> cells_;
  std::vector<std::string> texts_;
  bool has_columns_ = false;
  RunOutcome outcome_;
  std::optional<DriverError> fault_;  // the first one
};

void Run::send() {
  // The extended protocol, also without parameters: the server then refuses a second statement.
  const std::string sql(driver::view_of(statement_.sql));
  const Params params({statement_.params, statement_.param_count});
  const int sent = PQsendQueryParams(link_.raw(), sql.c_str(), params.count(), params.types(),
                                     params.values(), params.lengths(), params.formats(), 0);
  if (sent == 0) throw fault_of(link_.raw(), nullptr);
  PQsetSingleRowMode(link_.raw());
}

RunOutcome Run::finish() {
  while (const auto result = next()) take(result.get());
  if (!fault_) return outcome_;
  // Our own cancel: nothing went wrong, nobody wanted the rest.
  if (outcome_.was_cut && fault_->error_class() == SQLBUS_CANCELLED) return outcome_;
  throw *fault_;
}

void Run::fail(const PGresult* result) {
  const auto fault = fault_of(link_.raw(), result);
  fail(is_param_count(fault, statement_) ? DriverError("07001", fault.what()) : fault);
}

void Run::take(const PGresult* result) {
  const auto status = PQresultStatus(result);
  switch (status) {
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
      take_rows(result);
      break;
    case PGRES_COMMAND_OK:
      break;
    case PGRES_EMPTY_QUERY:
      return fail(DriverError("42601", "empty statement"));
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      return end_copy(status);
    default:
      return fail(result);
  }
  if (status != PGRES_SINGLE_TUPLE) {
    take_tag(PQcmdStatus(const_cast<PGresult*>(result)),
             PQcmdTuples(const_cast<PGresult*>(result)));
  }
}

void Run::take_rows(const PGresult* result) {
  if (sink_ != nullptr && !has_columns_) {
    columns_ = columns_of(result);
    cells_.resize(columns_.size());
    texts_.resize(columns_.size());
    has_columns_ = true;
    sink_->columns(sink_->context, columns_.data(), columns_.size());
  }
  for (int row = 0; row < PQntuples(result); ++row) {
    if (!wants_rows_) {
      drop_row();
      continue;
    }
    read_row(result, row, columns_, cells_, texts_);
    wants_rows_ = sink_->row(sink_->context, cells_.data(), cells_.size()) == 0;
  }
}

void Run::drop_row() {
  if (!may_cut_ || outcome_.was_cut || ++dropped_ < kRowsDroppedBeforeCancel) return;
  outcome_.was_cut = true;
  link_.cancel();
}

void Run::take_tag(std::string_view tag, std::string_view count) {
  outcome_.ended_transaction = tag == "COMMIT" || tag == "ROLLBACK" || tag == "PREPARE TRANSACTION";
  for (const std::string_view writes : {"INSERT", "UPDATE", "DELETE", "MERGE"}) {
    if (tag.starts_with(writes)) {
      std::from_chars(count.data(), count.data() + count.size(), outcome_.affected);
    }
  }
}

// COPY speaks another protocol on the same connection, for which a request has no place.
void Run::end_copy(ExecStatusType status) {
  fail(DriverError("0A000", "COPY from or to the client cannot be run by the bus"));
  if (status != PGRES_COPY_OUT) {
    PQputCopyEnd(link_.raw(), "refused");
    return;
  }
  char* row = nullptr;
  while (PQgetCopyData(link_.raw(), &row, 0) > 0) PQfreemem(row);
}

}  // namespace

RunOutcome run_statement(Link& link, const sqlbus_statement& statement, const sqlbus_sink* sink,
                         bool may_cut) {
  // libpq would send the text up to the NUL, which is another statement.
  if (driver::has_nul(driver::view_of(statement.sql))) {
    throw DriverError("42601", "the statement holds a NUL character");
  }
  check_typed(statement);
  Run run(link, statement, sink, may_cut);
  run.send();
  return run.finish();
}

}  // namespace sqlbus::postgres
