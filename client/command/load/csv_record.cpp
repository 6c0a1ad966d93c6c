#include "client/command/load/csv_record.hpp"

#include <cstring>

namespace sqlbus {

namespace {

CsvExtent extent_of(std::string_view text, std::size_t bytes, std::uint64_t lines) {
  std::string_view record = text.substr(0, bytes);
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  return {.bytes = bytes, .lines = lines, .text = record};
}

Error fault(std::string_view what, std::size_t field) {
  return Error{"field " + std::to_string(field + 1) + ": " + std::string(what)};
}

// Takes a field in quotes off the record, which begins behind the first of them.
Status take_quoted(std::string_view& record, std::string& field, std::size_t number) {
  for (;;) {
    const auto end = record.find('"');
    if (end == std::string_view::npos) return fault("the quotes are not closed", number);
    field.append(record.substr(0, end));
    record.remove_prefix(end + 1);
    if (!record.starts_with('"')) return Done{};
    field += '"';
    record.remove_prefix(1);
  }
}

}  // namespace

// Within quotes a line does not end; a quote in quotes is two, which leaves and enters them.
std::optional<CsvExtent> find_csv_record(std::string_view text, bool is_all) {
  std::uint64_t lines = 0;
  bool is_quoted = false;
  std::size_t at = 0;
  for (;;) {
    const auto next = is_quoted ? text.find_first_of("\"\n", at) : text.find('\n', at);
    const auto line = text.substr(at, next == std::string_view::npos ? next : next - at);
    if (!is_quoted && line.find('"') != std::string_view::npos) {
      at += line.find('"') + 1;
      is_quoted = true;
      continue;
    }
    if (next == std::string_view::npos) break;
    at = next + 1;
    if (text[next] == '"') {
      is_quoted = false;
      continue;
    }
    ++lines;
    if (!is_quoted) return extent_of(text, at, lines);
  }
  if (!is_all || text.empty()) return std::nullopt;
  return extent_of(text, text.size(), lines);
}

Status read_csv_record(std::string_view record, char separator, std::vector<CsvField>& fields) {
  std::size_t count = 0;
  const auto next_field = [&]() -> std::string& {
    if (fields.size() == count) fields.emplace_back();
    auto& field = fields[count++];
    if (field) {
      field->clear();
    } else {
      field.emplace();
    }
    return *field;
  };
  for (;;) {
    std::string& field = next_field();
    if (record.starts_with('"')) {
      record.remove_prefix(1);
      if (Status taken = take_quoted(record, field, count - 1); !taken) return taken;
      if (!record.empty() && record.front() != separator) {
        return fault("there is text behind the closing quotes", count - 1);
      }
    } else {
      const auto* end =
          static_cast<const char*>(std::memchr(record.data(), separator, record.size()));
      field = record.substr(
          0, end == nullptr ? record.size() : static_cast<std::size_t>(end - record.data()));
      if (field.find('"') != std::string::npos) {
        return fault("a quote in a field that does not begin with one", count - 1);
      }
      record.remove_prefix(field.size());
      if (field.empty()) fields[count - 1].reset();
    }
    if (record.empty()) break;
    record.remove_prefix(1);
    if (record.empty()) {  // a separator at the end: one more, empty
      next_field();
      fields[count - 1].reset();
      break;
    }
  }
  fields.resize(count);
  return Done{};
}

}  // namespace sqlbus
