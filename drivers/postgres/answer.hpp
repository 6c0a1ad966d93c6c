// What the server answers to one statement of a caller: rows go to its sink as they come, the first
// fault counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/link.hpp"

struct pg_result;

namespace sqlbus::postgres {

class Answer {
 public:
  // Whether a statement is cancelled once the sink has enough: not where it writes; else by the
  // driver, or by its host's cancel().
  enum class Cut : std::uint8_t { kNever, kHere, kByOthers };

  Answer(Link& link, const sqlbus_statement& statement, const sqlbus_sink* sink, Cut cut)
      : link_(&link),
        statement_(&statement),
        sink_(sink),
        cut_(cut),
        wants_rows_(sink != nullptr) {}

  // One of its results; must not be called again after the last.
  void take(const pg_result* result);

  std::int64_t affected() const { return affected_; }
  // It was a COMMIT or ROLLBACK of any kind.
  bool ended_transaction() const { return ended_transaction_; }
  // It was a CREATE, ALTER or DROP: what was prepared before may have parameters of old types.
  bool changed_schema() const { return changed_schema_; }
  // Cancelled by the driver, as nobody wanted the other rows; that is no fault.
  bool was_cut() const { return was_cut_; }
  const std::optional<driver::DriverError>& fault() const { return fault_; }

 private:
  void take_rows(const pg_result* result);
  void take_tag(std::string_view tag, std::string_view count);
  void drop_row();
  void end_copy(bool is_out);
  void fail(const pg_result* result);
  void fail(const driver::DriverError& fault) {
    if (!fault_) fault_.emplace(fault);
  }

  Link* link_;
  const sqlbus_statement* statement_;
  const sqlbus_sink* sink_;
  Cut cut_;
  bool wants_rows_;
  bool has_columns_ = false;
  bool was_cut_ = false;
  bool ended_transaction_ = false;
  bool changed_schema_ = false;
  int dropped_ = 0;
  std::int64_t affected_ = 0;
  std::vector<sqlbus_column> columns_;
  std::vector<sqlbus_value> cells_;
  std::vector<std::string> texts_;
  std::optional<driver::DriverError> fault_;  // the first one
};

}  // namespace sqlbus::postgres
