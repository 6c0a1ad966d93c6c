#include "drivers/sqlite/fault.hpp"

#include <sqlite3.h>

#include <string_view>

namespace sqlbus::sqlite {
namespace {

struct CodeRow {
  int code;  // extended, or a primary one for all that are not listed
  std::string_view sqlstate;
};

constexpr CodeRow kCodes[] = {
    {SQLITE_CONSTRAINT_PRIMARYKEY, "23505"},
    {SQLITE_CONSTRAINT_UNIQUE, "23505"},
    {SQLITE_CONSTRAINT_ROWID, "23505"},
    {SQLITE_CONSTRAINT_NOTNULL, "23502"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "23503"},
    {SQLITE_CONSTRAINT_CHECK, "23514"},
    {SQLITE_CONSTRAINT_TRIGGER, "P0001"},  // RAISE() in a trigger
    {SQLITE_CONSTRAINT_DATATYPE, "42804"},
    {SQLITE_CONSTRAINT, "23000"},
    {SQLITE_BUSY, "40001"},
    {SQLITE_LOCKED, "40001"},
    {SQLITE_INTERRUPT, "57014"},
    {SQLITE_READONLY, "25006"},
    {SQLITE_FULL, "53100"},
    {SQLITE_NOMEM, "53200"},
    {SQLITE_TOOBIG, "54000"},
    {SQLITE_MISMATCH, "42804"},
    {SQLITE_AUTH, "42501"},
    {SQLITE_PERM, "42501"},
    {SQLITE_CANTOPEN, "08001"},
    {SQLITE_NOTADB, "XX001"},
    {SQLITE_CORRUPT, "XX001"},
    {SQLITE_IOERR, "58030"},
    {SQLITE_PROTOCOL, "40001"},  // the race for the WAL's locks was lost many times
    {SQLITE_SCHEMA, "40001"},
    {SQLITE_RANGE, "07001"},
    {SQLITE_NOLFS, "58030"},
    {SQLITE_MISUSE, "XX000"},
    {SQLITE_INTERNAL, "XX000"},
};

// SQLITE_ERROR says everything else, and only its words tell what.
struct WordsRow {
  std::string_view words;
  std::string_view sqlstate;
};

constexpr WordsRow kWords[] = {
    {"syntax error", "42601"},
    {"incomplete input", "42601"},
    {"unrecognized token", "42601"},
    {"no such table", "42P01"},
    {"no such view", "42P01"},
    {"no such index", "42704"},
    {"no such trigger", "42704"},
    {"no such savepoint", "3B001"},
    {"no such function", "42883"},
    {"wrong number of arguments to function", "42883"},
    {"no such column", "42703"},
    {"has no column named", "42703"},
    {"no such collation", "42704"},
    {"ambiguous column name", "42702"},
    {"duplicate column name", "42701"},
    {"already exists", "42P07"},
    {"already another table or index", "42P07"},
    {"values were supplied", "42601"},
    {"values for", "42601"},
    {"misuse of aggregate", "42803"},
    {"cannot start a transaction within a transaction", "25001"},
    {"no transaction is active", "25P01"},
    {"from within a transaction", "25001"},
    {"integer overflow", "22003"},
    {"malformed JSON", "22032"},
    {"may not be modified", "42501"},
    {"too many", "54000"},
};

std::string_view sqlstate_of(int code, std::string_view message) {
  for (const int wanted : {code, code & 0xff}) {
    for (const auto& row : kCodes) {
      if (row.code == wanted) return row.sqlstate;
    }
  }
  for (const auto& row : kWords) {
    if (message.find(row.words) != std::string_view::npos) return row.sqlstate;
  }
  return "42000";
}

}  // namespace

driver::DriverError last_fault(sqlite3* db) {
  const int code = sqlite3_extended_errcode(db);
  const std::string message = sqlite3_errmsg(db);
  return {sqlstate_of(code, message), message, code};
}

}  // namespace sqlbus::sqlite
