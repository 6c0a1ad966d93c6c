#include "drivers/postgres/ledger_params.hpp"

#include "drivers/postgres/type_oids.hpp"

namespace sqlbus::postgres {

using driver::view_of;

LedgerParams::LedgerParams(std::span<const sqlbus_ledger_row> rows)
    : ids_(oid::kBytea),
      digests_(oid::kInt8),
      applied_at_(oid::kInt8),
      sqlstates_(oid::kText),
      messages_(oid::kText),
      answers_(oid::kText) {
  for (auto* array : {&ids_, &digests_, &applied_at_, &sqlstates_, &messages_, &answers_}) {
    array->begin_binary(rows.size());
  }
  for (const auto& row : rows) {
    ids_.add_bytes(view_of(row.id));
    digests_.add_int8(static_cast<std::int64_t>(row.digest));
    applied_at_.add_int8(row.applied_at_us);
    sqlstates_.add_bytes(view_of(row.sqlstate));
    messages_.add_bytes(view_of(row.message));
    answers_.add_bytes(view_of(row.answer));
    if (row.sqlstate.size + row.message.size + row.answer.size > 0) is_bare_ = false;
  }
}

const char* LedgerParams::insert_tail() const {
  return is_bare_ ? " (id, digest, applied_at, sqlstate, message, answer) "
                    "SELECT id, digest, applied_at, '', '', '' "
                    "FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) "
                    "AS v(id, digest, applied_at)"
                  : " (id, digest, applied_at, sqlstate, message, answer) "
                    "SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::text[], "
                    "$5::text[], $6::text[])";
}

void LedgerParams::fill_insert(Params& params) const {
  params.clear();
  for (const auto* array : {&ids_, &digests_, &applied_at_}) array->add_to(params);
  if (is_bare_) return;
  for (const auto* array : {&sqlstates_, &messages_, &answers_}) array->add_to(params);
}

void LedgerParams::fill_record(Params& params) const {
  params.clear();
  for (const auto* array : {&ids_, &sqlstates_, &messages_, &answers_}) array->add_to(params);
}

}  // namespace sqlbus::postgres
