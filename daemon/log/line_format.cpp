#include "daemon/log/line_format.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "daemon/config/escape.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kTextBytesMax = 4096;  // of a message or value
constexpr std::string_view kCut = "...";

std::string show_time(std::chrono::system_clock::time_point time) {
  using std::chrono::duration_cast;
  const auto since_epoch = duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = since_epoch.count() / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ",
                static_cast<int>(since_epoch.count() % 1000));
  return text.data();
}

// What stands for itself in key=value.
bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '=' && c != '\\';
  });
}

void append_quoted(std::string& out, std::string_view value) {
  const auto shown = cut_text(value, kTextBytesMax);
  out += '"';
  append_escaped(out, shown, "\\x");
  if (shown.size() < value.size()) out += kCut;
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? "{\"" : ",\"";
  append_escaped(out, name, "\\\\x");
  out += "\":\"";
  const auto shown = cut_text(value, kTextBytesMax);
  append_escaped(out, shown, "\\\\x");  // JSON itself has no escape for a byte
  if (shown.size() < value.size()) out += kCut;
  out += '"';
}

std::string format_fields(const LogLine& line) {
  std::string out = "level=" + std::string(to_string(line.level)) + " msg=";
  append_quoted(out, line.message);
  for (const LogField& field : line.fields) {
    out += ' ';
    out += field.key;
    out += '=';
    if (field.value.size() <= kTextBytesMax && is_plain(field.value)) {
      out += field.value;
    } else {
      append_quoted(out, field.value);
    }
  }
  return out;
}

// As in <syslog.h>.
std::string_view priority_prefix(Log::Level level) {
  switch (level) {
    case Log::Level::kDebug:
      return "<7>";
    case Log::Level::kInfo:
      return "<6>";
    case Log::Level::kWarning:
      return "<4>";
    case Log::Level::kError:
      break;
  }
  return "<3>";
}

}  // namespace

std::string format_text(const LogLine& line) {
  return show_time(line.time) + " " + format_fields(line);
}

std::string format_json(const LogLine& line) {
  std::string out;
  append_member(out, "time", show_time(line.time));
  append_member(out, "level", to_string(line.level));
  append_member(out, "msg", line.message);
  for (const LogField& field : line.fields) append_member(out, field.key, field.value);
  return out + "}";
}

std::string format_journal(const LogLine& line) {
  return std::string(priority_prefix(line.level)) + format_fields(line);
}

}  // namespace sqlbus
