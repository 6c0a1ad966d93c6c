#include "daemon/lane/ledger_keeper.hpp"

#include <algorithm>

namespace sqlbus {
namespace {

using std::chrono::steady_clock;

// A delete of so many rows takes a few milliseconds; twice the rows that were written since the
// last one, so that the ledger shrinks again after a stall.
constexpr std::uint64_t kRowsBetween = 1000;
constexpr std::size_t kRowsAtOnce = 2000;
// Where the last look found nothing old enough.
constexpr std::uint64_t kRowsBetweenLooks = 10 * kRowsBetween;
constexpr std::chrono::seconds kIdlePeriod{10};

}  // namespace

bool LedgerKeeper::is_due(std::uint64_t remembered) const {
  const auto between = has_removed_ ? kRowsBetween : kRowsBetweenLooks;
  return remembered - pruned_at_ >= between || steady_clock::now() >= next_at_;
}

MaybeFault LedgerKeeper::step(Session& session, std::uint64_t remembered, std::string& warning) {
  LedgerTable table(session);
  next_at_ = steady_clock::now() + kIdlePeriod;
  // Counting walks over rows_max entries of an index: once for each tenth of them.
  const auto rows_max = database_.ledger_rows_max;
  if (!is_counted_ || remembered - counted_at_ >= rows_max / 10) {
    if (auto fault = table.horizon(rows_max, horizon_us_)) return fault;
    is_counted_ = true;
    counted_at_ = remembered;
  }
  const auto age_us =
      std::chrono::duration_cast<std::chrono::microseconds>(database_.ledger_retention).count();
  const auto aged_us = clock_.now().time_since_epoch().count() - age_us;
  if (horizon_us_ > aged_us && !is_warned_) {
    is_warned_ = true;
    warning = "ledger_rows_max cuts the ledger before ledger_retention has passed";
  }
  const auto older_than = std::min(std::max(aged_us, horizon_us_), floor_us_.load());
  std::size_t removed = 0;
  if (auto fault = table.prune(older_than, kRowsAtOnce, removed)) return fault;
  pruned_at_ = remembered;
  has_removed_ = removed > 0;
  if (removed == kRowsAtOnce) next_at_ = steady_clock::now();  // there is more
  return std::nullopt;
}

}  // namespace sqlbus
