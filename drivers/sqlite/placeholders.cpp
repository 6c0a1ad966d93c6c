#include "drivers/sqlite/placeholders.hpp"

#include <sqlite3.h>

#include <charconv>
#include <string>

#include "drivers/driver_kit.hpp"

namespace sqlbus::sqlite {
namespace {

// `?7` or `$7`; 0 for anything else.
std::size_t number_in(std::string_view name) {
  if (name.front() != '?' && name.front() != '$') return 0;
  std::size_t number = 0;
  const auto* end = name.data() + name.size();
  const auto [stop, fault] = std::from_chars(name.data() + 1, end, number);
  return fault == std::errc{} && stop == end ? number : 0;
}

}  // namespace

bool is_blank(std::string_view tail) {
  while (!tail.empty()) {
    if (tail.starts_with("--")) {
      const auto end = tail.find('\n');
      if (end == std::string_view::npos) return true;
      tail.remove_prefix(end + 1);
    } else if (tail.starts_with("/*")) {
      const auto end = tail.find("*/", 2);
      if (end == std::string_view::npos) return true;
      tail.remove_prefix(end + 2);
    } else if (std::string_view(" \t\n\f\r;").find(tail.front()) != std::string_view::npos) {
      tail.remove_prefix(1);
    } else {
      return false;
    }
  }
  return true;
}

std::vector<std::size_t> parameter_numbers(sqlite3_stmt* statement) {
  const int count = sqlite3_bind_parameter_count(statement);
  std::vector<std::size_t> numbers(static_cast<std::size_t>(count), 0);
  bool has_dollar = false;
  bool has_question_mark = false;
  for (int position = 1; position <= count; ++position) {
    auto& number = numbers[static_cast<std::size_t>(position - 1)];
    const char* name = sqlite3_bind_parameter_name(statement, position);
    if (name == nullptr) {  // `?`, or a gap below a `?7`
      number = static_cast<std::size_t>(position);
      has_question_mark = true;
      continue;
    }
    number = number_in(name);
    if (number == 0) {
      throw driver::DriverError(
          "42601", std::string("placeholder ") + name + ": write ?, ?1 or $1 instead of a name");
    }
    (*name == '$' ? has_dollar : has_question_mark) = true;
  }
  if (has_dollar && has_question_mark) {
    throw driver::DriverError("42601", "placeholders ? and $1 cannot be mixed");
  }
  return numbers;
}

}  // namespace sqlbus::sqlite
