#include "drivers/odbc/statement.hpp"

#include <sql.h>
#include <sqlext.h>

#include <utility>

#include "drivers/odbc/cells.hpp"

namespace sqlbus::odbc {
namespace {

using driver::DriverError;

// However the run ends, nothing of its result is left on the connection.
class CloseCursor {
 public:
  CloseCursor(Link& link, void* statement) : link_(link), statement_(statement) {}
  ~CloseCursor() {
    if (!link_.is_lost()) SQLFreeStmt(statement_, SQL_CLOSE);
  }
  CloseCursor(const CloseCursor&) = delete;
  CloseCursor& operator=(const CloseCursor&) = delete;

 private:
  Link& link_;
  void* statement_;
};

}  // namespace

Statement::Statement(Link& link, StatementText text) : link_(link), text_(std::move(text)) {}

void Statement::prepare(Handle& handle) {
  if (handle.is_prepared || text_.kind != StatementText::Kind::kChange || text_.returns) return;
  renew(handle);
  auto* raw = handle.raw.get();
  const Link::Running running(link_, raw);
  link_.check(SQLPrepare(raw, chars(text_.sql), static_cast<SQLINTEGER>(text_.sql.size())), raw);
  handle.is_prepared = true;
}

// MariaDB's ODBC driver falls over a handle on which a statement has failed, when it is used again.
void Statement::renew(Handle& handle) {
  handle = {};
  handle.raw = link_.statement();
}

std::int64_t Statement::run(std::span<const sqlbus_value> params, const Run& how) {
  if (params.size() != text_.placeholders) {
    throw DriverError("07001", "the statement has " + std::to_string(text_.placeholders) +
                                   " parameters, " + std::to_string(params.size()) + " were given");
  }
  return with_handle(single_, [&] {
    if (comes_again_) prepare(single_);
    auto* raw = single_.raw.get();
    params_.bind(link_, raw, params);
    const CloseCursor close(link_, raw);
    const Link::Running running(link_, raw);  // ends first: no cancel meets the closing
    const auto result =
        single_.is_prepared
            ? SQLExecute(raw)
            : SQLExecDirect(raw, chars(text_.sql), static_cast<SQLINTEGER>(text_.sql.size()));
    link_.check(result, raw);
    return take_outcome(single_, how);
  });
}

std::int64_t Statement::run(ParameterArray& sets) {
  return with_handle(sets_, [&] {
    prepare(sets_);
    auto* raw = sets_.raw.get();
    const CloseCursor close(link_, raw);
    const Link::Running running(link_, raw);
    sets.execute(link_, raw);
    return take_outcome(sets_, {});
  });
}

template <typename Call>
std::int64_t Statement::with_handle(Handle& handle, Call&& call) {
  if (!handle.raw) renew(handle);
  try {
    return call();
  } catch (const DriverError&) {
    handle = {};
    throw;
  }
}

// Of several result sets (a procedure's) the first is the answer; a fault in a later one counts.
std::int64_t Statement::take_outcome(const Handle& handle, const Run& how) {
  auto* raw = handle.raw.get();
  Rows rows(link_, raw);
  SQLLEN affected = 0;
  const bool counts = text_.kind != StatementText::Kind::kOther;
  const bool counts_itself = rows.is_empty() && counts && link_.dialect().changes != nullptr;
  if (!rows.is_empty()) {
    const auto count = rows.read(how.sink, how.may_cut);
    if (text_.kind == StatementText::Kind::kChange) affected = static_cast<SQLLEN>(count);
    if (how.may_cut) return affected;
  } else if (counts && !counts_itself) {
    if (!SQL_SUCCEEDED(SQLRowCount(raw, &affected)) || affected < 0) affected = 0;
  }
  for (;;) {
    const auto more = SQLMoreResults(raw);
    if (more == SQL_NO_DATA) break;
    link_.check(more, raw);
  }
  return counts_itself ? link_.changes() : affected;
}

Statement& StatementCache::get(Link& link, std::string_view sql) {
  const auto found = by_sql_.find(sql);
  if (found != by_sql_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    // At its first time it cost one round trip, not two.
    found->second->statement.expect_again();
    return found->second->statement;
  }
  Statement fresh(link, read_statement(sql, link.dialect()));
  while (kept_.size() >= kept_max_) forget(kept_.back().sql);
  kept_.push_front({std::string(sql), std::move(fresh)});
  by_sql_.emplace(kept_.front().sql, kept_.begin());
  return kept_.front().statement;
}

void StatementCache::forget(std::string_view sql) {
  const auto found = by_sql_.find(sql);
  if (found == by_sql_.end()) return;
  const auto kept = found->second;
  by_sql_.erase(found);
  kept_.erase(kept);
}

void StatementCache::clear() {
  by_sql_.clear();
  kept_.clear();
}

}  // namespace sqlbus::odbc
