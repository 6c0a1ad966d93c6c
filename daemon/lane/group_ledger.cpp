#include "daemon/lane/group_ledger.hpp"

#include <algorithm>
#include <numeric>

#include "protocol/ledger_entry.hpp"

namespace sqlbus {
namespace {

// Nobody's fault: another transaction has just changed what this one looked at.
DriverFault changed_meanwhile() {
  return {.cls = ErrorClass::kTransient,
          .sqlstate = "40001",
          .message = "the ledger changed while it was read"};
}

}  // namespace

GroupLedger::GroupLedger(const Turn& turn, std::size_t count, const BusClock& clock) {
  const auto now_us = clock.now().time_since_epoch().count();
  entries_.reserve(count);
  std::string scratch;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& request = turn[i].request();
    entries_.push_back({.row = {.id = ledger_id_of(request.uuid),
                                .digest = digest_of(request, scratch),
                                .applied_at_us = now_us}});
  }
  by_id_.resize(count);
  std::iota(by_id_.begin(), by_id_.end(), std::size_t{0});
  std::stable_sort(by_id_.begin(), by_id_.end(), [this](std::size_t a, std::size_t b) {
    return entries_[a].row.id < entries_[b].row.id;
  });
  std::size_t distinct = count;
  for (std::size_t i = 1; i < by_id_.size(); ++i) {
    if (entries_[by_id_[i - 1]].row.id == entries_[by_id_[i]].row.id) {
      distinct = std::min(distinct, by_id_[i]);
    }
  }
  if (distinct == count) return;
  entries_.resize(distinct);
  std::erase_if(by_id_, [distinct](std::size_t index) { return index >= distinct; });
}

MaybeFault GroupLedger::claim(Session& session, const Turn& turn) {
  LedgerTable table(session);
  auto fault = table.insert(sorted_rows(), nullptr);
  if (!fault || fault->sqlstate != kUniqueViolation) return fault;
  return claim_others(session, turn);
}

std::vector<const LedgerRow*> GroupLedger::rows() const {
  std::vector<const LedgerRow*> rows;
  rows.reserve(by_id_.size());
  for (const auto index : by_id_) rows.push_back(&entries_[index].row);
  return rows;
}

std::vector<LedgerRow> GroupLedger::sorted_rows() const {
  std::vector<LedgerRow> rows;
  rows.reserve(by_id_.size());
  for (const auto index : by_id_) rows.push_back(entries_[index].row);
  return rows;
}

MaybeFault GroupLedger::claim_others(Session& session, const Turn& turn) {
  if (auto broken = session.rollback()) return broken;
  if (auto broken = session.begin(Access::kReadWrite)) return broken;
  LedgerTable table(session);
  const auto rows = sorted_rows();
  std::vector<std::uint8_t> inserted;
  if (auto fault = table.insert(rows, &inserted)) return fault;

  std::vector<std::string> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (inserted[i] == 0) ids.push_back(rows[i].id);
  }
  std::vector<LedgerRow> known;
  if (auto fault = table.lookup(ids, known)) return fault;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (inserted[i] != 0) continue;
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const LedgerRow& row) { return row.id == rows[i].id; });
    if (found == known.end()) return changed_meanwhile();
    entries_[by_id_[i]].known = std::move(*found);
    if (auto fault = judge(table, by_id_[i], turn[by_id_[i]].is_replay())) return fault;
  }
  return std::nullopt;
}

// An operator may send a failed request again, also a mended one; never one that is applied.
MaybeFault GroupLedger::judge(LedgerTable& table, std::size_t index, bool is_replay) {
  auto& entry = entries_[index];
  if (entry.known.is_failure() && is_replay) {
    bool is_reopened = false;
    if (auto fault = table.reopen(entry.row, is_reopened)) return fault;
    if (!is_reopened) return changed_meanwhile();
    entry.verdict = Verdict::kRun;
  } else if (entry.known.digest != entry.row.digest) {
    entry.verdict = Verdict::kReused;
  } else {
    entry.verdict = entry.known.is_failure() ? Verdict::kFailed : Verdict::kApplied;
  }
  return std::nullopt;
}

}  // namespace sqlbus
