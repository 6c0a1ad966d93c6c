// Tells the log of statements that ran: those that took longer than [log] slow_statement, and all
// of them at level debug. Their texts are masked. Used by whoever uses the lane's session.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/settings.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/log/log.hpp"
#include "daemon/log/sql_mask.hpp"

namespace sqlbus {

class StatementLog {
 public:
  // `slow` may change between two calls; 0: nothing is slow.
  StatementLog(Log& log, std::string database, std::string lane, SqlRules rules,
               const milliseconds& slow)
      : log_(log),
        database_(std::move(database)),
        lane_(std::move(lane)),
        rules_(rules),
        slow_(slow) {}

  bool is_wanted(std::chrono::microseconds took) const {
    return is_slow(took) || log_.is_enabled(Log::Level::kDebug);
  }
  // The statements of one request, by themselves.
  void ran(const Job& job, std::chrono::microseconds took, std::int64_t rows) const;
  // Those of several in one call of the driver: nobody knows what each of them took.
  void ran_together(const std::vector<const Job*>& jobs, std::chrono::microseconds took,
                    std::int64_t rows) const;
  // One that no transaction takes; `so_far` of them have run on this connection.
  void runs_unprotected(const Job& job, std::uint64_t so_far) const;

 private:
  bool is_slow(std::chrono::microseconds took) const { return slow_.count() > 0 && took > slow_; }
  std::string text_of(const Request& request) const;
  void tell(Log::Level level, std::string_view message, const std::vector<const Job*>& jobs,
            std::chrono::microseconds took, std::int64_t rows) const;

  Log& log_;
  std::string database_;
  std::string lane_;
  SqlRules rules_;
  const milliseconds& slow_;
};

}  // namespace sqlbus
