// How the statements of small values are written for a database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/response.hpp"
#include "protocol/result.hpp"

namespace sqlbus::kv {

// One column of bytes orders paths, so that a folder is a range of them. A moment of expiry is in
// microseconds since 1970, NULL where there is none.
struct Dialect {
  std::string_view dbtype;
  std::vector<std::string_view> create;  // each does nothing where it has been done
  std::string_view upsert;               // path, value, moment
  std::string_view purge;                // now: some of those whose time is over
  std::string_view position;             // the function that finds a text in another: (text, what)
  bool counts_bytes = false;             // substr() does, and not characters
};

// A dialect, and how a database's driver wants parameters.
struct Speech {
  const Dialect* dialect = nullptr;
  bool has_dollars = false;  // $1, $2, …; else ?

  // '?' become what the driver wants.
  std::string written(std::string_view sql) const;
};

// A statement whose answer tells of which kind a database is, and its one parameter, an integer.
inline constexpr std::string_view kProbe = "SELECT CAST(? AS INTEGER)";
// By the answer to it, a refusal among them. An error: no such database is known.
Result<Speech> speech_of(const Response& probed);

}  // namespace sqlbus::kv
