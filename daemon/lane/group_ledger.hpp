// What the ledger says to the requests of one group: which of them run, and what became of those
// that have been seen before. Lane thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/session/ledger_table.hpp"

namespace sqlbus {

// SQLSTATE of an id that the ledger holds already.
inline constexpr std::string_view kUniqueViolation = "23505";

class GroupLedger {
 public:
  enum class Verdict : std::uint8_t {
    kRun,      // its row is new and belongs to this transaction
    kApplied,  // a copy of a request that has taken effect
    kFailed,   // a copy of one that has failed for good
    kReused,   // another request under a UUID that has been used
  };
  struct Entry {
    Verdict verdict = Verdict::kRun;
    LedgerRow row;    // as this request would write it
    LedgerRow known;  // as it stands there, for all but kRun
  };

  // Takes as many of the first `count` jobs as have UUIDs of their own: a copy in the same group
  // would not see the outcome of the first.
  GroupLedger(const Turn& turn, std::size_t count, const BusClock& clock);

  std::size_t size() const { return entries_.size(); }
  const Entry& operator[](std::size_t index) const { return entries_[index]; }

  // Writes the rows first thing in the open transaction, sorted. The insert decides, and never a
  // look before it: it waits for whoever holds the same id. Where one is there the transaction is
  // begun again and the others go in without it.
  MaybeFault claim(Session& session, const Turn& turn);
  // The rows of that insert, for whoever makes it; where one was there already, how to go on.
  std::vector<const LedgerRow*> rows() const;
  MaybeFault claim_others(Session& session, const Turn& turn);

 private:
  std::vector<LedgerRow> sorted_rows() const;
  MaybeFault judge(LedgerTable& table, std::size_t index, bool is_replay);

  std::vector<Entry> entries_;      // in the order of the jobs
  std::vector<std::size_t> by_id_;  // indexes, sorted by id
};

}  // namespace sqlbus
