// Several statements in one round trip, by libpq's pipeline mode. The server runs them in order and
// passes over all of a stage that follow one that fails.
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
  // Called for each result of each statement, in order; `number` counts a stage's from 0.
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

  // Of the stage that is being sent.
  std::size_t size() const { return by_row_.size() - (ends_.empty() ? 0 : ends_.back()); }
  // The stage ends here and is sent; what follows runs whatever has become of it.
  void sync();
  // Reads the results of the first stage that has not been read. Throws where the link is gone.
  void read(const OnResult& on_result);
  // Both, for the only stage.
  void finish(const OnResult& on_result);

 private:
  void sent(int is_sent, bool by_row);
  void read_stage(const OnResult& on_result);

  Link& link_;
  std::vector<bool> by_row_;       // an element for each statement
  std::vector<std::size_t> ends_;  // of the stages, in by_row_
  std::size_t stages_read_ = 0;
};

}  // namespace sqlbus::postgres
