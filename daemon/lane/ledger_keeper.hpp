// Keeps the ledger of one database at its size: old rows go, in small deletes between groups. Lane
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/session/ledger_table.hpp"

namespace sqlbus {

class LedgerKeeper {
 public:
  // floor_us: nothing younger may go, since a request of that moment may not be settled yet; the
  // loop writes it.
  LedgerKeeper(const DatabaseSettings& database, const BusClock& clock,
               const std::atomic<std::int64_t>& floor_us)
      : database_(database), clock_(clock), floor_us_(floor_us) {}

  // Whether a step is due, `remembered` rows having been written in all.
  bool is_due(std::uint64_t remembered) const;
  // When it is due at the latest.
  std::chrono::steady_clock::time_point next_at() const { return next_at_; }
  // One small delete. `warning` is set where the number of rows cuts before their age does.
  MaybeFault step(Session& session, std::uint64_t remembered, std::string& warning);

 private:
  const DatabaseSettings& database_;
  const BusClock& clock_;
  const std::atomic<std::int64_t>& floor_us_;
  std::chrono::steady_clock::time_point next_at_{};
  std::uint64_t pruned_at_ = 0;   // `remembered` at the last step
  bool has_removed_ = true;       // the last step did
  std::uint64_t counted_at_ = 0;  // and when the rows were counted last
  bool is_counted_ = false;
  std::int64_t horizon_us_ = 0;  // the rows before it are too many
  bool is_warned_ = false;
};

}  // namespace sqlbus
