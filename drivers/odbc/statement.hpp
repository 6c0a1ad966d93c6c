// A statement that is prepared, or run at once, and the few that a session keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/link.hpp"
#include "drivers/odbc/parameters.hpp"
#include "drivers/odbc/statement_text.hpp"

namespace sqlbus::odbc {

class Statement {
 public:
  struct Run {
    const sqlbus_sink* sink = nullptr;
    bool may_cut = false;  // what follows the last wanted row need not happen
  };

  Statement(Link& link, StatementText text);

  const StatementText& text() const { return text_; }
  // Binds and runs it; returns the number of rows changed.
  std::int64_t run(std::span<const sqlbus_value> params, const Run& how);
  // Of a statement that yields no rows; returns the sum of the rows changed.
  std::int64_t run(ParameterArray& sets);

  // Not each of its runs is to send its text from now on. One that yields rows is not kept
  // prepared, since ODBC drivers go on with its columns as they were once.
  void expect_again() { comes_again_ = true; }
  bool is_prepared() const { return single_.is_prepared; }

 private:
  struct Handle {
    StatementHandle raw;  // none after a failure
    bool is_prepared = false;
  };

  void prepare(Handle& handle);
  void renew(Handle& handle);
  template <typename Call>
  std::int64_t with_handle(Handle& handle, Call&& call);
  std::int64_t take_outcome(const Handle& handle, const Run& how);

  Link& link_;
  StatementText text_;
  // MariaDB's ODBC driver runs an array with what was bound for a run of one set before, and calls
  // that a success: each has a handle of its own.
  Handle single_;
  Handle sets_;
  Parameters params_;
  bool comes_again_ = false;
};

// Keeps the statements with parameters that were used last.
class StatementCache {
 public:
  explicit StatementCache(std::size_t kept_max) : kept_max_(kept_max) {}

  // Valid until the next call.
  Statement& get(Link& link, std::string_view sql);
  void forget(std::string_view sql);
  void clear();

 private:
  struct Kept {
    std::string sql;
    Statement statement;
  };
  using Order = std::list<Kept>;  // the last used one is the first

  std::size_t kept_max_;
  Order kept_;
  std::unordered_map<std::string_view, Order::iterator> by_sql_;
};

}  // namespace sqlbus::odbc
