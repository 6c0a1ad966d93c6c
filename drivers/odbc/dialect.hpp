// What differs from one database to the next, as a table; chosen by SQL_DBMS_NAME.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sqlbus::odbc {

enum class Dbms : std::uint8_t {
  kOther,
  kMariaDb,
  kMySql,
  kPostgres,
  kSqlite,
  kSqlServer,
  kOracle,
  kDb2
};

// How a text is cut into tokens.
struct LexicalRules {
  bool backslash_escapes = false;         // in strings
  bool double_quoted_strings = false;     // "text", with the same escapes
  bool backticks = false;                 // `name`
  bool brackets = false;                  // [name]
  bool hash_comments = false;             // # to the end of the line
  bool blank_behind_dashes = false;       // -- is a comment only before a blank
  bool nested_comments = false;           // /* /* */ */
  bool executable_comments = false;       // /*! code */
  bool dollar_quotes = false;             // $tag$text$tag$, and E'\''
  bool refuses_second_statement = false;  // the server does, and knows better what a statement is
};

struct LedgerSql {
  const char* ddl;         // statements, each ended by ";\n" but for the last
  const char* state;       // the column sqlstate, a word of its own to some
  const char* insert_new;  // passes over an id that is there; with six parameters
  const char* prune;       // with the moment and the number of rows
};

// How to find out whether a transaction is open.
enum class Look : std::uint8_t {
  kNone,
  kVariable,   // @@in_transaction
  kCount,      // @@TRANCOUNT
  kSavepoint,  // to set one, or to release it, fails outside
  kBegin       // fails inside
};

struct Dialect {
  Dbms dbms = Dbms::kOther;
  std::string_view name;  // how SQL_DBMS_NAME begins
  LexicalRules rules;
  const char* settings = nullptr;  // run at connect, statements separated by '\n'
  // nullptr: the driver's autocommit is switched off for as long as the transaction lasts.
  const char* begin_write = nullptr;
  const char* begin_read = nullptr;
  const char* lone_reads = nullptr;   // what follows, each by itself, may only read
  const char* lone_writes = nullptr;  // it may write again
  const char* savepoint = "SAVEPOINT ";
  const char* rollback_to = "ROLLBACK TO SAVEPOINT ";
  const char* release = nullptr;  // of a savepoint; nullptr: there is no such thing
  Look look = Look::kNone;
  const char* is_writable = nullptr;  // a query that yields 1 where the server takes writes
  const char* session_id = nullptr;   // a query
  const char* cancel = nullptr;       // on another connection, followed by the id and ')' or ''
  const char* cancel_end = "";
  bool cancels_apart = false;          // SQLCancel ends all that runs, but closes what it is given
  const char* name_session = nullptr;  // by application_name, which goes before the end
  const char* name_session_end = nullptr;
  const char* sessions_of = nullptr;  // a query of the ids of those whose name begins so
  const char* sessions_of_end = nullptr;
  const char* end_session = nullptr;  // followed by the id
  const char* end_session_end = "";
  const char* time_limit = nullptr;  // followed by the limit, in seconds or else milliseconds
  bool time_limit_in_seconds = false;
  const char* idle_limit = nullptr;  // in a transaction, followed in the same way
  const char* row_limit = nullptr;  // of each query by itself, followed by a number or the next one
  const char* row_limit_none = nullptr;
  const char* packet_max = nullptr;   // a query: bytes of the largest statement with its parameters
  bool ddl_obeys_session = false;     // and not its transaction, where that may write
  bool begin_obeys_session = false;   // a transaction may write where the session may
  bool fails_whole = false;           // after an error a transaction can only be rolled back
  bool doubts_prepared = false;       // what is prepared does not follow a change of its tables
  bool strips_comments = false;       // the ODBC driver takes what is in them for SQL
  bool takes_with_for_query = false;  // it makes a cursor of WITH … INSERT, or runs it too late
  bool names_types = false;           // of columns, where ODBC's own are too few
  bool hides_returned_rows = false;   // of INSERT … RETURNING
  const char* refresh = nullptr;      // before a query: else the columns may be those of before
  const char* changes = nullptr;      // a query of all rows changed, a blank, and of the last ones
  bool has_arrays = false;            // of parameters that are worth it and can be trusted
  bool binds_integers = true;         // as such; else as text
  bool infers_types = false;          // of parameters that are bound as text
  const LedgerSql* ledger = nullptr;
};

const Dialect& dialect_of(std::string_view dbms_name);

// What a driver is to be told in its connection string; chosen by SQL_DRIVER_NAME.
std::string_view driver_keywords(std::string_view driver_name);

// The version of the ledger that this driver makes and knows.
inline constexpr int kLedgerVersion = 1;

}  // namespace sqlbus::odbc
