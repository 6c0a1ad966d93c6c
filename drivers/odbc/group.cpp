// Groups of an ODBC session: neighbours of one text run as one array of parameters.
#include <algorithm>
#include <span>

#include "drivers/odbc/odbc_session.hpp"

namespace sqlbus::odbc {
namespace {

using driver::DriverError;
using driver::view_of;
using Kind = StatementText::Kind;

constexpr std::size_t kSingleMax = 1000;  // texts

bool may_merge(const sqlbus_item& item) {
  return (item.flags & SQLBUS_ITEM_MERGE) != 0 && item.sink == nullptr &&
         item.statement.param_count > 0;
}

bool is_alike(const sqlbus_item& first, const sqlbus_item& next) {
  return may_merge(next) && (next.flags & SQLBUS_ITEM_SAVEPOINT) == 0 &&
         next.statement.param_count == first.statement.param_count &&
         view_of(next.statement.sql) == view_of(first.statement.sql);
}

}  // namespace

void OdbcSession::execute_group(sqlbus_group& group) {
  if (group.begins != 0) {
    begin(SQLBUS_READ_WRITE);
  } else {
    require_transaction();
  }
  group.failed_step = SQLBUS_GROUP_LEDGER;
  if (group.row_count > 0) ledger_insert({group.rows, group.row_count}, nullptr);
  group.failed_step = SQLBUS_GROUP_ITEMS;
  group.suspects = 1;
  std::span items(group.items, group.item_count);
  while (!items.empty()) {
    auto& item = items.front();
    if ((item.flags & SQLBUS_ITEM_SAVEPOINT) != 0) savepoint(0);
    const auto same = std::find_if_not(items.begin() + 1, items.end(),
                                       [&](const auto& next) { return is_alike(item, next); });
    const auto alike = static_cast<std::size_t>(same - items.begin());
    std::size_t done = 0;
    if (alike > 1 && link_.dialect().has_arrays && prepares_ && may_merge(item)) {
      done = run_set(items.first(alike), group.suspects);
    }
    if (done == 0) {
      group.suspects = 1;
      item.affected = run(item, access_);
      done = 1;
    }
    group.completed += done;
    items = items.subspan(done);
    // What a statement has ended is not gone on with.
    if (state_ != SQLBUS_TRANSACTION_OPEN) return;
  }
}

// As many of these from the first as make a set; 0 where they do not.
std::size_t OdbcSession::run_set(std::span<sqlbus_item> items, std::size_t& suspects) {
  const std::string sql(view_of(items.front().statement.sql));
  if (single_.contains(sql)) return 0;
  auto& statement = statements_.get(link_, sql);
  const auto& text = statement.text();
  const auto width = items.front().statement.param_count;
  if (!text.runs_as_set || width != text.placeholders) return 0;
  ParameterArray sets(width);
  const auto bytes_max = packet_max_ == 0 ? kSetBytesMax : std::min(kSetBytesMax, packet_max_ / 2);
  for (const auto& item : items) {
    const Values values(item.statement.params, width);
    // What cannot be bound fails by itself, in its turn.
    if (!sets.add(values, link_.dialect(), bytes_max)) break;
  }
  if (sets.size() < 2) return 0;
  suspects = sets.size();
  const TimeLimit::Guard limit(time_limit_);
  std::int64_t affected = 0;
  try {
    affected = statement.run(sets);
  } catch (const DriverError&) {
    settle(text.kind, false, true);
    throw;
  }
  const auto count = static_cast<std::int64_t>(sets.size());
  if (text.is_insert_of_values && affected != count) {
    if (single_.size() >= kSingleMax) single_.clear();
    single_.insert(sql);
    throw DriverError(SQLBUS_AGAIN, "40001", "a set of inserts did not insert one each");
  }
  for (auto& item : items.first(sets.size())) item.affected = text.is_insert_of_values ? 1 : 0;
  if (!text.is_insert_of_values) items.front().affected = affected;
  return sets.size();
}

}  // namespace sqlbus::odbc
