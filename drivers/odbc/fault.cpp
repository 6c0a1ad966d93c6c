#include "drivers/odbc/fault.hpp"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace sqlbus::odbc {
namespace {

using driver::DriverError;

// The databases' own numbers, the same SQLSTATE for the same thing on each of them.
struct CodeRow {
  Dbms dbms;
  SQLINTEGER code;
  std::string_view sqlstate;
};

constexpr CodeRow kCodes[] = {
    {Dbms::kMariaDb, 1022, "23505"},   {Dbms::kMariaDb, 1062, "23505"},
    {Dbms::kMariaDb, 1169, "23505"},   {Dbms::kMariaDb, 1586, "23505"},
    {Dbms::kMariaDb, 1048, "23502"},   {Dbms::kMariaDb, 1364, "23502"},  // no default
    {Dbms::kMariaDb, 1216, "23503"},   {Dbms::kMariaDb, 1217, "23503"},
    {Dbms::kMariaDb, 1451, "23503"},   {Dbms::kMariaDb, 1452, "23503"},
    {Dbms::kMariaDb, 4025, "23514"},   {Dbms::kMariaDb, 1264, "22003"},
    {Dbms::kMariaDb, 1690, "22003"},   {Dbms::kMariaDb, 1265, "22P02"},
    {Dbms::kMariaDb, 1366, "22P02"},   {Dbms::kMariaDb, 1292, "22007"},
    {Dbms::kMariaDb, 1365, "22012"},   {Dbms::kMariaDb, 1406, "22001"},
    {Dbms::kMariaDb, 1064, "42601"},   {Dbms::kMariaDb, 1065, "42601"},
    {Dbms::kMariaDb, 1136, "42601"},   {Dbms::kMariaDb, 1149, "42601"},
    {Dbms::kMariaDb, 1051, "42P01"},   {Dbms::kMariaDb, 1146, "42P01"},
    {Dbms::kMariaDb, 1054, "42703"},   {Dbms::kMariaDb, 1305, "42883"},
    {Dbms::kMariaDb, 1582, "42883"},   {Dbms::kMariaDb, 1630, "42883"},
    {Dbms::kMariaDb, 1052, "42702"},   {Dbms::kMariaDb, 1050, "42P07"},
    {Dbms::kMariaDb, 1060, "42701"},   {Dbms::kMariaDb, 1044, "42501"},
    {Dbms::kMariaDb, 1142, "42501"},   {Dbms::kMariaDb, 1143, "42501"},
    {Dbms::kMariaDb, 1227, "42501"},   {Dbms::kMariaDb, 1370, "42501"},
    {Dbms::kMariaDb, 1205, "55P03"},                                     // lock wait timeout
    {Dbms::kMariaDb, 1223, "55P03"},   {Dbms::kMariaDb, 1213, "40P01"},  // deadlock
    {Dbms::kMariaDb, 1020, "40001"},  // the record has changed since it was read
    {Dbms::kMariaDb, 1615, "40001"},  // to be prepared anew
    {Dbms::kMariaDb, 1317, "57014"},  // KILL QUERY
    {Dbms::kMariaDb, 1969, "57014"},  // max_statement_time
    {Dbms::kMariaDb, 3024, "57014"},  // the same of MySQL
    {Dbms::kMariaDb, 1290, "25006"},  // --read-only
    {Dbms::kMariaDb, 1792, "25006"},  // a read-only transaction
    {Dbms::kMariaDb, 1836, "25006"},   {Dbms::kMariaDb, 1179, "25001"},
    {Dbms::kMariaDb, 1040, "53300"},   {Dbms::kMariaDb, 1203, "53300"},
    {Dbms::kMariaDb, 1021, "53100"},   {Dbms::kMariaDb, 1114, "53100"},
    {Dbms::kMariaDb, 1037, "53200"},   {Dbms::kMariaDb, 1038, "53200"},
    {Dbms::kMariaDb, 1041, "53200"},   {Dbms::kMariaDb, 1053, "57P01"},  // shutdown
    {Dbms::kMariaDb, 1927, "57P01"},                                     // KILL
    {Dbms::kMariaDb, 1047, "57P03"},  // a node that is not in its cluster
    {Dbms::kMariaDb, 1153, "08S01"},  // over max_allowed_packet: the server hangs up
    {Dbms::kMariaDb, 1158, "08S01"},   {Dbms::kMariaDb, 1159, "08S01"},
    {Dbms::kMariaDb, 1160, "08S01"},   {Dbms::kMariaDb, 1161, "08S01"},
    {Dbms::kMariaDb, 2002, "08001"},   {Dbms::kMariaDb, 2003, "08001"},
    {Dbms::kMariaDb, 2005, "08001"},   {Dbms::kMariaDb, 2006, "08S01"},  // gone
    {Dbms::kMariaDb, 2013, "08S01"},                                     // gone while it ran
    {Dbms::kMariaDb, 2014, "08S01"},  // out of step: what comes may be the answer to something else
    {Dbms::kMariaDb, 2027, "08S01"},   {Dbms::kMariaDb, 2055, "08S01"},
    {Dbms::kMariaDb, 2057, "08S01"},  // other columns than were prepared: the rows are still there
    {Dbms::kMariaDb, 5012, "08S01"},  // the client's own: the pipe is broken
    {Dbms::kMariaDb, 5013, "08S01"},   {Dbms::kMariaDb, 5014, "08S01"},

    {Dbms::kSqlServer, 2601, "23505"}, {Dbms::kSqlServer, 2627, "23505"},
    {Dbms::kSqlServer, 515, "23502"},  {Dbms::kSqlServer, 1205, "40P01"},
    {Dbms::kSqlServer, 1222, "55P03"}, {Dbms::kSqlServer, 3906, "25006"},

    {Dbms::kOracle, 1, "23505"},       {Dbms::kOracle, 1400, "23502"},
    {Dbms::kOracle, 2291, "23503"},    {Dbms::kOracle, 2292, "23503"},
    {Dbms::kOracle, 2290, "23514"},    {Dbms::kOracle, 942, "42P01"},
    {Dbms::kOracle, 904, "42703"},     {Dbms::kOracle, 60, "40P01"},
    {Dbms::kOracle, 8177, "40001"},    {Dbms::kOracle, 54, "55P03"},
    {Dbms::kOracle, 1013, "57014"},    {Dbms::kOracle, 28, "57P01"},
    {Dbms::kOracle, 1012, "08S01"},    {Dbms::kOracle, 3113, "08S01"},
    {Dbms::kOracle, 3114, "08S01"},    {Dbms::kOracle, 3135, "08S01"},

    {Dbms::kDb2, -911, "40001"},       {Dbms::kDb2, -913, "40001"},
    {Dbms::kDb2, -952, "57014"},       {Dbms::kDb2, -1224, "08S01"},
    {Dbms::kDb2, -30081, "08S01"},
};

// SQLite's driver says HY000 to everything, and only the words tell more.
struct WordsRow {
  std::string_view words;
  std::string_view sqlstate;
};

constexpr WordsRow kSqliteWords[] = {
    {"UNIQUE constraint failed", "23505"},
    {"NOT NULL constraint failed", "23502"},
    {"FOREIGN KEY constraint failed", "23503"},
    {"CHECK constraint failed", "23514"},
    {"constraint failed", "23000"},
    {"database is locked", "40001"},
    {"database table is locked", "40001"},
    {"database schema is locked", "40001"},
    {"interrupted", "57014"},
    {"attempt to write a readonly database", "25006"},
    {"database or disk is full", "53100"},
    {"out of memory", "53200"},
    {"string or blob too big", "54000"},
    {"datatype mismatch", "42804"},
    {"unable to open", "08001"},
    {"malformed", "XX001"},
    {"file is not a database", "XX001"},
    {"disk I/O error", "58030"},
    {"syntax error", "42601"},
    {"incomplete input", "42601"},
    {"unrecognized token", "42601"},
    {"values were supplied", "42601"},
    {"values for", "42601"},
    {"no such table", "42P01"},
    {"no such savepoint", "3B001"},
    {"no such function", "42883"},
    {"wrong number of arguments to function", "42883"},
    {"no such column", "42703"},
    {"has no column named", "42703"},
    {"ambiguous column name", "42702"},
    {"duplicate column name", "42701"},
    {"already exists", "42P07"},
    {"cannot start a transaction within a transaction", "25001"},
    {"no transaction is active", "25P01"},
    {"from within a transaction", "25001"},
    {"integer overflow", "22003"},
};

// ODBC's own words for what the others say in SQL's.
struct StateRow {
  std::string_view odbc;
  std::string_view sqlstate;
};

constexpr StateRow kStates[] = {
    {"42S01", "42P07"}, {"42S02", "42P01"}, {"42S21", "42701"}, {"42S22", "42703"},
    {"HY008", "57014"}, {"HYT00", "57014"}, {"HY001", "53200"},
};

std::string_view sqlstate_of(Dbms dbms, SQLINTEGER code, std::string_view state,
                             std::string_view message) {
  // MySQL's numbers are MariaDB's.
  const auto codes_of = dbms == Dbms::kMySql ? Dbms::kMariaDb : dbms;
  for (const auto& row : kCodes) {
    if (row.dbms == codes_of && row.code == code) return row.sqlstate;
  }
  if (dbms == Dbms::kSqlite && state == "HY000") {
    for (const auto& row : kSqliteWords) {
      if (message.find(row.words) != std::string_view::npos) return row.sqlstate;
    }
    return "42000";
  }
  for (const auto& row : kStates) {
    if (row.odbc == state) return row.sqlstate;
  }
  return state;
}

// "[unixODBC][ma-3.1.15][10.11.19-MariaDB]Table …": who has passed it on is of no interest.
std::string_view without_origin(std::string_view message) {
  while (message.starts_with('[')) {
    const auto end = message.find(']');
    if (end == std::string_view::npos) break;
    message.remove_prefix(end + 1);
  }
  return message;
}

std::string one_line(std::string_view message) {
  std::string line(message);
  std::replace(line.begin(), line.end(), '\n', ' ');
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
  return line;
}

}  // namespace

DriverError fault_of(HandleKind kind, void* handle, Dbms dbms) {
  SQLCHAR state[6] = {};
  SQLCHAR text[SQLBUS_MESSAGE_SIZE] = {};
  SQLINTEGER code = 0;
  SQLSMALLINT size = 0;
  const auto read = SQLGetDiagRec(static_cast<SQLSMALLINT>(kind), handle, 1, state, &code, text,
                                  sizeof text, &size);
  if (!SQL_SUCCEEDED(read)) return {"HY000", "the ODBC driver failed and does not say why"};
  const auto message =
      one_line(without_origin(reinterpret_cast<const char*>(static_cast<SQLCHAR*>(text))));
  const std::string_view said(reinterpret_cast<const char*>(static_cast<SQLCHAR*>(state)));
  return {sqlstate_of(dbms, code, said, message), message, code};
}

}  // namespace sqlbus::odbc
