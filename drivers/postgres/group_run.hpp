// Runs a group in one round trip: BEGIN, the ledger's rows, the items, some of them merged. Where
// the COMMIT of the one before is still on its way, all of it is sent behind that.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "drivers/postgres/answer.hpp"
#include "drivers/postgres/exchange.hpp"
#include "drivers/postgres/insert_shapes.hpp"
#include "drivers/postgres/link.hpp"
#include "drivers/postgres/merge_plan.hpp"
#include "drivers/postgres/pending_commit.hpp"
#include "drivers/postgres/prepared_statements.hpp"

namespace sqlbus::postgres {

class GroupRun {
 public:
  struct House {
    Link& link;
    PreparedStatements& prepared;
    InsertShapes& shapes;
    const std::string& ledger;             // the name of its table
    std::optional<PendingCommit>& commit;  // of the transaction before
  };

  GroupRun(const House& house, sqlbus_group& group) : house_(house), group_(group) {}

  // Throws DriverError at the first fault, with the group's outcome set.
  void run();

  bool has_begun() const { return has_begun_; }
  // A statement was a COMMIT or ROLLBACK of any kind.
  bool ended_transaction() const { return ended_transaction_; }

 private:
  // What was sent, to know whose result it is.
  struct Sent {
    enum class Kind { kBegin, kLedger, kSavepoint, kPrepare, kItem, kSet, kFacts } kind;
    sqlbus_group_step step = SQLBUS_GROUP_ITEMS;
    std::size_t item = 0;
    std::size_t count = 1;               // of items in a set
    bool was_prepared = false;           // before this run
    const InsertShape* shape = nullptr;  // of a set, and of facts
  };
  // A statement that this run prepares.
  struct Preparation {
    std::string sql;
    std::vector<unsigned int> types;
    bool is_done = false;
  };

  bool may_learn();
  void end_commit();
  void forget_given_up(Exchange& exchange);
  void exchange(const MergePlan& plan);
  void send(Exchange& exchange, const MergePlan& plan);
  void send_ledger(Exchange& exchange);
  void send_statement(Exchange& exchange, const std::string& sql, Sent sent, bool by_row);
  void send_item(Exchange& exchange, std::size_t index);
  void send_set(Exchange& exchange, const MergePlan::Piece& piece);
  void send_facts(Exchange& exchange);

  void take(const Sent& sent, const pg_result* result);
  void take_item(std::size_t index, bool was_prepared, const pg_result* result);
  void take_set(const Sent& sent, const pg_result* result);
  void take_facts(const InsertShape& shape, const pg_result* result);
  void fail(sqlbus_group_step step, std::size_t item, std::size_t suspects,
            const driver::DriverError& fault);
  void forget_stale();

  House house_;
  sqlbus_group& group_;
  Params params_;
  std::vector<Sent> sent_;
  std::vector<Preparation> preparations_;
  std::size_t prepared_ = 0;        // of them, whose result has come
  std::vector<std::string> stale_;  // texts of shapes
  std::vector<std::pair<std::string, std::string>>
      doubted_;  // texts of sets that failed, SQLSTATEs
  std::set<const InsertShape*> merged_;
  std::optional<Answer> answer_;               // of the item whose results come
  std::optional<driver::DriverError> unsent_;  // why the items from unsent_at_ on were not sent
  std::size_t unsent_at_ = 0;
  std::optional<driver::DriverError> fault_;  // the first one
  bool has_forgotten_ = false;                // a stage of its own before the group
  bool has_begun_ = false;
  bool ended_transaction_ = false;
};

}  // namespace sqlbus::postgres
