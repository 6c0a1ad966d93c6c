// The text of a statement as a log may show it: without the values that are written into it, and
// without comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sqlbus {

// By whose rules it is read. Where they are not known whatever could be a value by those of any
// database is taken for one, "text" too, and where their readings part the rest is left out.
enum class SqlRules : std::uint8_t { kAny, kPostgres };

// Strings and numbers become ?, and so does a rest that cannot be told; what is longer than
// `bytes_max` ends with "...". White space is one blank.
std::string mask_sql(std::string_view sql, SqlRules rules, std::size_t bytes_max = 1000);

}  // namespace sqlbus
