#include "drivers/postgres/answer.hpp"

#include <libpq-fe.h>

#include <charconv>

#include "drivers/postgres/cells.hpp"
#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/placeholders.hpp"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

// A cancel costs the server a new process, so some rows are rather read and dropped.
constexpr int kRowsDroppedBeforeCancel = 5000;

}  // namespace

void Answer::take(const PGresult* result) {
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
      return end_copy(status == PGRES_COPY_OUT);
    default:
      return fail(result);
  }
  if (status != PGRES_SINGLE_TUPLE) {
    take_tag(PQcmdStatus(const_cast<PGresult*>(result)),
             PQcmdTuples(const_cast<PGresult*>(result)));
  }
}

void Answer::take_rows(const PGresult* result) {
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

void Answer::drop_row() {
  if (cut_ != Cut::kHere || was_cut_ || ++dropped_ < kRowsDroppedBeforeCancel) return;
  was_cut_ = true;
  link_->cancel();
}

void Answer::take_tag(std::string_view tag, std::string_view count) {
  ended_transaction_ = tag == "COMMIT" || tag == "ROLLBACK" || tag == "PREPARE TRANSACTION";
  for (const std::string_view schema : {"CREATE ", "ALTER ", "DROP "}) {
    changed_schema_ = changed_schema_ || tag.starts_with(schema);
  }
  for (const std::string_view writes : {"INSERT", "UPDATE", "DELETE", "MERGE"}) {
    if (tag.starts_with(writes)) {
      std::from_chars(count.data(), count.data() + count.size(), affected_);
    }
  }
}

// COPY speaks another protocol on the same connection, for which a request has no place.
void Answer::end_copy(bool is_out) {
  fail(DriverError("0A000", "COPY from or to the client cannot be run by the bus"));
  if (!is_out) {
    PQputCopyEnd(link_->raw(), "refused");
    return;
  }
  char* row = nullptr;
  while (PQgetCopyData(link_->raw(), &row, 0) > 0) PQfreemem(row);
}

void Answer::fail(const PGresult* result) {
  const auto fault = fault_of(link_->raw(), result);
  // Nothing went wrong, nobody wanted the rest.
  const bool has_enough = was_cut_ || (cut_ == Cut::kByOthers && sink_ != nullptr && !wants_rows_);
  if (has_enough && fault.error_class() == SQLBUS_CANCELLED) return;
  fail(is_param_count(fault, *statement_) ? DriverError("07001", fault.what()) : fault);
}

}  // namespace sqlbus::postgres
