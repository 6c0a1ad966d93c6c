#include "client/command/dead_filter.hpp"

#include <algorithm>

namespace sqlbus {
namespace {

char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

bool is_same_letter(char a, char b) { return lower(a) == lower(b); }

bool holds(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), is_same_letter) !=
         text.end();
}

}  // namespace

bool DeadFilter::is_empty() const {
  return ids.empty() && !error && sqlstate.empty() && app.empty() && !database && !older &&
         !newer && text.empty();
}

bool DeadFilter::matches(const Letter& letter, EpochTime now) const {
  const auto& dead = letter.dead;
  const auto is_meant = [&](const std::string& id) { return id == dead.id || id == letter.uuid; };
  if (!ids.empty() && std::none_of(ids.begin(), ids.end(), is_meant)) return false;
  if (error && dead.error != *error) return false;
  if (!dead.sqlstate.starts_with(sqlstate)) return false;
  if (!app.empty() && letter.app != app) return false;
  if (database && letter.database != *database) return false;
  const auto age = now - dead.failed_at;
  if (older && age < *older) return false;
  if (newer && age > *newer) return false;
  return text.empty() || holds(letter.text(), text) || holds(dead.message, text);
}

std::optional<ErrorId> parse_error_id(std::string_view text) {
  for (const auto& row : error_table()) {
    const bool is_name =
        std::equal(text.begin(), text.end(), row.name.begin(), row.name.end(), is_same_letter);
    if (is_name || text == std::to_string(static_cast<int>(row.id))) return row.id;
  }
  return std::nullopt;
}

}  // namespace sqlbus
