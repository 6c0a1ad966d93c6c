// Several statements in one round trip, by libpq's pipeline mode. The server runs them in order and
// passes over all that follow one that fails.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "drivers/postgres/cells.hpp"
#include "drivers/postgres/link.hpp"

struct pg_result;

namespace sqlbus::postgres {

class Exchange {
 public:
  // Called for each result of each statement, in order; `number` counts the statements from 0.
  // Results of those that were passed over are not shown. Must not throw.
  using OnResult = std::function<void(std::size_t number, const pg_result* result)>;

  explicit Exchange(Link& link);
  // Reads whatever is still on its way.
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Each throws where the link is gone. `by_row`: results come row by row.
  void query(const char* sql);
  void query(const char* sql, const Params& params, bool by_row);
  void prepare(const char* name, const char* sql, const std::vector<unsigned int>& types);
  void describe(const char* name);
  void run_prepared(const char* name, const Params& params, bool by_row);

  std::size_t size() const { return by_row_.size(); }
  // Sends the rest and reads all results. Throws where the link is gone.
  void finish(const OnResult& on_result);

 private:
  void sent(int is_sent, bool by_row);
  void read_all(const OnResult& on_result);

  Link& link_;
  std::vector<bool> by_row_;  // an element for each statement
  bool is_finished_ = false;
};

}  // namespace sqlbus::postgres
