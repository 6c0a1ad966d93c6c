// What a database says of its tables, by the kind of it that DBTYPE tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sqlbus {

// The statements; nothing for a kind that is not known here.
std::optional<std::string> tables_sql(std::string_view dbtype);
std::optional<std::string> columns_sql(std::string_view dbtype, std::string_view table);
// All names of tables and columns, in one column.
std::optional<std::string> names_sql(std::string_view dbtype);

// Whether a backslash in a string is more than a backslash.
bool has_backslashes(std::string_view dbtype);

}  // namespace sqlbus
