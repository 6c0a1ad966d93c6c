#include "drivers/postgres/group_run.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <span>
#include <string_view>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/ledger_params.hpp"
#include "drivers/postgres/result_ptr.hpp"
#include "drivers/postgres/statement_run.hpp"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;
using driver::view_of;

std::size_t affected_by(const PGresult* result) {
  const std::string_view text = PQcmdTuples(const_cast<PGresult*>(result));
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

void GroupRun::run() {
  // Until its COMMIT is known everything that goes wrong is that one's.
  if (house_.commit) group_.failed_step = SQLBUS_GROUP_COMMIT;
  const MergePlan plan({group_.items, group_.item_count}, house_.shapes,
                       [this] { return may_learn(); });
  try {
    exchange(plan);
  } catch (const DriverError&) {
    forget_stale();
    throw;
  }
  house_.commit.reset();
  forget_stale();
  if (!fault_ && unsent_) fail(SQLBUS_GROUP_ITEMS, unsent_at_, 1, *unsent_);
  if (fault_) throw *fault_;
  group_.completed = group_.item_count;
}

void GroupRun::exchange(const MergePlan& plan) {
  std::optional<Exchange> own;
  auto& exchange = house_.commit ? house_.commit->exchange() : own.emplace(house_.link);
  if (group_.begins != 0) forget_given_up(exchange);
  send(exchange, plan);
  exchange.sync();
  if (house_.commit) end_commit();
  if (has_forgotten_) exchange.read([](std::size_t, const PGresult*) {});
  exchange.read(
      [this](std::size_t number, const PGresult* result) { take(sent_[number], result); });
}

// What has to be asked before merging is asked outside a transaction.
bool GroupRun::may_learn() {
  if (house_.commit) {
    end_commit();
    house_.commit.reset();
  }
  return group_.begins != 0;
}

void GroupRun::end_commit() {
  house_.commit->finish();
  group_.failed_step = SQLBUS_GROUP_BEGIN;
  if (group_.committed != nullptr) group_.committed(group_.context);
}

// By itself: the server would pass over all that follows one that it does not know.
void GroupRun::forget_given_up(Exchange& exchange) {
  const auto names = house_.prepared.take_given_up();
  for (const auto& name : names) exchange.query(("DEALLOCATE " + name).c_str());
  has_forgotten_ = !names.empty();
  if (has_forgotten_) exchange.sync();
}

void GroupRun::send(Exchange& exchange, const MergePlan& plan) {
  if (group_.begins != 0) {
    exchange.query("BEGIN READ WRITE");
    sent_.push_back({.kind = Sent::Kind::kBegin});
  }
  if (group_.row_count > 0) send_ledger(exchange);
  for (const auto& piece : plan.pieces()) {
    if ((group_.items[piece.first].flags & SQLBUS_ITEM_SAVEPOINT) != 0) {
      exchange.query("SAVEPOINT sqlbus_0");
      sent_.push_back({.kind = Sent::Kind::kSavepoint, .item = piece.first});
    }
    if (piece.shape != nullptr) {
      send_set(exchange, piece);
      continue;
    }
    try {
      send_item(exchange, piece.first);
    } catch (const DriverError& fault) {
      if (!house_.link.is_alive()) throw;
      unsent_ = fault;
      unsent_at_ = piece.first;
      break;
    }
  }
  send_facts(exchange);
}

void GroupRun::send_ledger(Exchange& exchange) {
  const LedgerParams ledger({group_.rows, group_.row_count});
  ledger.fill_insert(params_);
  send_statement(exchange, "INSERT INTO " + house_.ledger + ledger.insert_tail(),
                 {.kind = Sent::Kind::kLedger, .step = SQLBUS_GROUP_LEDGER}, false);
}

void GroupRun::send_item(Exchange& exchange, std::size_t index) {
  const auto& item = group_.items[index];
  check_statement(item.statement);
  params_.assign({item.statement.params, item.statement.param_count});
  send_statement(exchange, std::string(view_of(item.statement.sql)),
                 {.kind = Sent::Kind::kItem, .item = index}, item.sink != nullptr);
}

// With params_, by the name under which it is prepared, if it is or is worth it.
void GroupRun::send_statement(Exchange& exchange, const std::string& sql, Sent sent, bool by_row) {
  // A text without parameters hardly comes again, but for one that is run again with its group.
  const auto use =
      params_.count() > 0 ? house_.prepared.use(sql, params_.typed()) : PreparedStatements::Use{};
  if (use.is_new) {
    const auto types = params_.typed();
    preparations_.push_back({sql, {types.begin(), types.end()}});
    exchange.prepare(use.name, sql.c_str(), preparations_.back().types);
    sent_.push_back({.kind = Sent::Kind::kPrepare, .step = sent.step, .item = sent.item});
  }
  sent.was_prepared = use.name != nullptr && !use.is_new;
  if (use.name != nullptr) {
    exchange.run_prepared(use.name, params_, by_row);
  } else {
    exchange.query(sql.c_str(), params_, by_row);
  }
  sent_.push_back(sent);
}

void GroupRun::send_set(Exchange& exchange, const MergePlan::Piece& piece) {
  params_.clear();
  for (const auto& array : piece.arrays) array.add_to(params_);
  exchange.run_prepared(piece.shape->name.c_str(), params_, false);
  sent_.push_back(
      {.kind = Sent::Kind::kSet, .item = piece.first, .count = piece.count, .shape = piece.shape});
  merged_.insert(piece.shape);
}

// By now the transaction holds a lock on each of these tables that a change of its columns or
// triggers would have to wait for: what is seen here held while the rows went in.
void GroupRun::send_facts(Exchange& exchange) {
  for (const auto* shape : merged_) {
    params_.clear();
    params_.add_text(shape->target.c_str());
    exchange.run_prepared(InsertShapes::kTableFacts, params_, false);
    sent_.push_back({.kind = Sent::Kind::kFacts, .shape = shape});
  }
}

void GroupRun::take(const Sent& sent, const PGresult* result) {
  using Kind = Sent::Kind;
  if (sent.kind == Kind::kPrepare) preparations_[prepared_++].is_done = is_fine(result);
  if (fault_) return;
  switch (sent.kind) {
    case Kind::kItem:
      return take_item(sent.item, sent.was_prepared, result);
    case Kind::kSet:
      return take_set(sent, result);
    case Kind::kFacts:
      return take_facts(*sent.shape, result);
    case Kind::kBegin:
      has_begun_ = is_fine(result);
      if (!has_begun_) fail(SQLBUS_GROUP_BEGIN, 0, 0, fault_of(house_.link.raw(), result));
      return;
    case Kind::kLedger:
      if (!is_fine(result)) fail(SQLBUS_GROUP_LEDGER, 0, 0, fault_of(house_.link.raw(), result));
      return;
    case Kind::kPrepare:
      if (is_fine(result)) return;
      if (sent.step == SQLBUS_GROUP_ITEMS) return take_item(sent.item, false, result);
      return fail(sent.step, 0, 0, fault_of(house_.link.raw(), result));
    case Kind::kSavepoint:
      if (is_fine(result)) return;
      return fail(SQLBUS_GROUP_ITEMS, sent.item, 1, fault_of(house_.link.raw(), result));
  }
}

void GroupRun::take_item(std::size_t index, bool was_prepared, const PGresult* result) {
  auto& item = group_.items[index];
  if (!answer_) answer_.emplace(house_.link, item.statement, item.sink, Answer::Cut::kNever);
  answer_->take(result);
  if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) return;  // more will come
  item.affected = answer_->affected();
  ended_transaction_ |= answer_->ended_transaction();
  if (const auto& fault = answer_->fault()) {
    const Params params({item.statement.params, item.statement.param_count});
    const bool is_again =
        was_prepared && house_.prepared.doubts(view_of(item.statement.sql), params.typed(),
                                               fault->sqlstate(), false);
    fail(SQLBUS_GROUP_ITEMS, index, 1, is_again ? again(*fault) : *fault);
  }
  answer_.reset();
}

void GroupRun::take_set(const Sent& sent, const PGresult* result) {
  for (std::size_t i = 0; i < sent.count; ++i) group_.items[sent.item + i].affected = 1;
  if (is_fine(result) && affected_by(result) == sent.count) return;
  if (is_fine(result)) {
    house_.shapes.refuse(sent.shape->text);
    return fail(SQLBUS_GROUP_ITEMS, sent.item, sent.count,
                DriverError(SQLBUS_AGAIN, "40001", "a set of inserts did not insert one each"));
  }
  auto fault = fault_of(house_.link.raw(), result);
  doubted_.emplace_back(sent.shape->text, fault.sqlstate());
  fail(SQLBUS_GROUP_ITEMS, sent.item, sent.count, fault);
}

void GroupRun::take_facts(const InsertShape& shape, const PGresult* result) {
  const bool is_same = is_fine(result) && PQntuples(result) == 1 &&
                       PQgetisnull(result, 0, 0) == 0 &&
                       PQgetvalue(result, 0, 0) == std::string_view(shape.facts);
  if (is_same) return;
  stale_.push_back(shape.text);
  fail(SQLBUS_GROUP_ITEMS, 0, group_.item_count,
       is_fine(result) ? DriverError(SQLBUS_AGAIN, "40001", "a table has changed meanwhile")
                       : fault_of(house_.link.raw(), result));
}

// What was passed over has not been prepared.
void GroupRun::forget_stale() {
  for (const auto& preparation : preparations_) {
    if (!preparation.is_done) house_.prepared.forget(preparation.sql, preparation.types);
  }
  for (const auto& text : stale_) house_.shapes.forget(text);
  for (const auto& [text, sqlstate] : doubted_) house_.shapes.doubt(text, sqlstate);
}

void GroupRun::fail(sqlbus_group_step step, std::size_t item, std::size_t suspects,
                    const DriverError& fault) {
  group_.failed_step = step;
  group_.completed = item;
  group_.suspects = suspects;
  fault_.emplace(fault);
}

}  // namespace sqlbus::postgres
