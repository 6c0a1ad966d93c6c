#include "drivers/postgres/placeholders.hpp"

#include <string>

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

// Whether $number stands in the text, be it in a literal.
bool mentions(std::string_view sql, std::size_t number) {
  const auto placeholder = "$" + std::to_string(number);
  for (auto at = sql.find(placeholder); at != sql.npos; at = sql.find(placeholder, at + 1)) {
    const auto behind = at + placeholder.size();
    if (behind == sql.size() || sql[behind] < '0' || sql[behind] > '9') return true;
  }
  return false;
}

}  // namespace

void check_typed(const sqlbus_statement& statement) {
  for (std::size_t i = 0; i < statement.param_count; ++i) {
    const bool has_type = statement.params[i].kind == SQLBUS_VALUE_BYTES;
    if (has_type && !mentions(driver::view_of(statement.sql), i + 1)) {
      throw DriverError(
          "07001", "parameter " + std::to_string(i + 1) + " has no placeholder in the statement");
    }
  }
}

// A wrong number of parameters is told when they are bound, or, where one of them has a type and
// there are too many, as one that is nowhere in the statement.
bool is_param_count(const DriverError& fault, const sqlbus_statement& statement) {
  if (fault.sqlstate() == "08P01") {
    return std::string_view(fault.what()).starts_with("bind message supplies");
  }
  return fault.sqlstate() == "42P18" &&
         !mentions(driver::view_of(statement.sql), statement.param_count);
}

}  // namespace sqlbus::postgres
