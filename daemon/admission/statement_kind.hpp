// What the first keyword of a statement says about how it may run. One closed table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sqlbus {

enum class StatementKind : std::uint8_t {
  kWrite,    // may share a transaction with neighbours
  kQuery,    // yields rows; shares a transaction only where nobody waits for the rows
  kAlone,    // runs by itself: DDL, VACUUM, CALL, whatever the table does not know
  kRefused,  // would leak into the requests behind it: BEGIN, SET, LISTEN, …
};

StatementKind kind_of(std::string_view sql);

// Whether a word of the statement says that it changes its session (set_config, advisory locks,
// INTO TEMP): then it runs alone, and the session is reset. A word in a literal counts as well,
// which costs time and nothing else.
bool leaves_traces(std::string_view sql);

// The first keyword in capitals, past white space, comments and opening parentheses; empty where
// there is none.
std::string first_keyword(std::string_view sql, bool do_comments_nest = true);

}  // namespace sqlbus
