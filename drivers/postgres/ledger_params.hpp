// Rows of the ledger as arrays, one for each column.
#pragma once

#include <span>

#include "drivers/postgres/array_param.hpp"

namespace sqlbus::postgres {

class LedgerParams {
 public:
  explicit LedgerParams(std::span<const sqlbus_ledger_row> rows);

  // What follows INSERT INTO and the table's name, and its parameters. Hardly any row has more than
  // its first columns.
  const char* insert_tail() const;
  void fill_insert(Params& params) const;
  // What follows UPDATE and the table's name, and its parameters.
  static constexpr const char* kRecordTail =
      " AS l SET sqlstate = v.sqlstate, message = v.message, answer = v.answer FROM "
      "unnest($1::bytea[], $2::text[], $3::text[], $4::text[]) "
      "AS v(id, sqlstate, message, answer) WHERE l.id = v.id";
  void fill_record(Params& params) const;

 private:
  bool is_bare_ = true;  // applied, without an answer
  ArrayParam ids_;
  ArrayParam digests_;
  ArrayParam applied_at_;
  ArrayParam sqlstates_;
  ArrayParam messages_;
  ArrayParam answers_;
};

}  // namespace sqlbus::postgres
