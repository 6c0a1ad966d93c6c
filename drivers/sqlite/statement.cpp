#include "drivers/sqlite/statement.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "drivers/sqlite/cells.hpp"
#include "drivers/sqlite/fault.hpp"
#include "drivers/sqlite/placeholders.hpp"

namespace sqlbus::sqlite {
namespace {

using driver::DriverError;

// Rewinds however the run ends, so that no read lock is held. What was bound need not be unbound:
// SQLite does not look at it before the next step, and by then all is bound anew.
struct Rewind {
  sqlite3_stmt* statement;
  ~Rewind() { sqlite3_reset(statement); }
};

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* db, std::string_view sql, Life life) : sql_(sql) {
  if (driver::has_nul(sql_)) throw DriverError("42601", "the statement holds a NUL character");
  if (sql_.size() >= static_cast<std::size_t>(sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, -1))) {
    throw DriverError("54000", "the statement is too long");
  }
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int size = static_cast<int>(sql_.size()) + 1;  // with the NUL it is not copied
  const unsigned flags = life == Life::kLong ? SQLITE_PREPARE_PERSISTENT : 0;
  const int code = sqlite3_prepare_v3(db, sql_.c_str(), size, flags, &raw, &tail);
  handle_.reset(raw);
  if (code != SQLITE_OK) throw last_fault(db);
  // An empty first statement ends at its semicolon; what stands behind it counts as a second one.
  if (!is_blank(tail)) throw DriverError("42601", "more than one statement");
  if (!handle_) throw DriverError("42601", "empty statement");
  numbers_ = parameter_numbers(raw);
  if (!numbers_.empty()) param_count_ = *std::max_element(numbers_.begin(), numbers_.end());
}

bool Statement::only_reads() const { return sqlite3_stmt_readonly(handle_.get()) != 0; }

std::int64_t Statement::run(std::span<const sqlbus_value> params, const sqlbus_sink* sink) {
  bind_all(params);
  const Rewind rewind{handle_.get()};
  sqlite3* db = sqlite3_db_handle(handle_.get());
  const auto changes_before = sqlite3_total_changes64(db);

  const bool has_row = step();
  if (sink != nullptr && sqlite3_column_count(handle_.get()) > 0) {
    if (has_row) {
      send_rows(*sink);
    } else {
      const auto columns = columns_of(handle_.get(), false);
      sink->columns(sink->context, columns.data(), columns.size());
    }
  } else if (has_row && !only_reads()) {
    while (step()) {
    }
  }
  // SQLite keeps the number of the last statement that changed rows: it is this one's only where
  // the total has moved.
  return sqlite3_total_changes64(db) == changes_before ? 0 : sqlite3_changes64(db);
}

void Statement::bind_all(std::span<const sqlbus_value> params) {
  if (params.size() != param_count_) {
    throw DriverError("07001", "the statement has " + std::to_string(param_count_) +
                                   " parameters, " + std::to_string(params.size()) + " were given");
  }
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    bind(handle_.get(), static_cast<int>(i + 1), params[numbers_[i] - 1]);
  }
}

// True where it stands on a row.
bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw last_fault(sqlite3_db_handle(handle_.get()));
}

// Called on the first row. A statement that writes is always stepped to its end: only then are its
// changes complete.
void Statement::send_rows(const sqlbus_sink& sink) {
  const auto columns = columns_of(handle_.get(), true);
  std::vector<sqlbus_value> cells(columns.size());
  std::vector<std::string> texts(columns.size());
  sink.columns(sink.context, columns.data(), columns.size());
  bool wants_more = true;
  do {
    if (wants_more) {
      read_row(handle_.get(), columns, cells, texts);
      wants_more = sink.row(sink.context, cells.data(), cells.size()) == 0;
    }
    if (!wants_more && only_reads()) return;
  } while (step());
}

// Most often it is the same one again, or one of a few that take turns.
Statement& StatementCache::get(sqlite3* db, std::string_view sql) {
  if (!kept_.empty() && kept_.back().statement->sql() == sql) return *kept_.back().statement;
  const auto hash = std::hash<std::string_view>{}(sql);
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& kept) {
    return kept.hash == hash && kept.statement->sql() == sql;
  });
  if (found != kept_.rend()) {
    std::rotate(kept_.rbegin(), found, found + 1);
    return *kept_.back().statement;
  }
  auto fresh = std::make_unique<Statement>(db, sql, limits_.life);
  if (kept_.size() == limits_.kept_max) kept_.erase(kept_.begin());
  return *kept_.emplace_back(Kept{hash, std::move(fresh)}).statement;
}

}  // namespace sqlbus::sqlite
