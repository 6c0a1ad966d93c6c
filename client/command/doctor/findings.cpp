#include "client/command/doctor/findings.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "client/command/display_width.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus::doctor {
namespace {

using Level = Finding::Level;

std::string_view word_of(Level level) {
  switch (level) {
    case Level::kOk:
      return "ok";
    case Level::kWarning:
      return "warn";
    case Level::kFailure:
      return "FAIL";
  }
  return "";
}

// A message of a server may have several lines.
std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text);
}

std::string number_of(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

void Findings::ok(std::string check, std::string text) {
  all_.push_back({.level = Level::kOk, .check = std::move(check), .text = std::move(text)});
}

void Findings::warn(std::string check, std::string text, std::string advice) {
  all_.push_back({Level::kWarning, std::move(check), std::move(text), std::move(advice)});
}

void Findings::fail(std::string check, std::string text, std::string advice) {
  all_.push_back({Level::kFailure, std::move(check), std::move(text), std::move(advice)});
}

std::size_t Findings::count(Level level) const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [&](const Finding& finding) { return finding.level == level; }));
}

std::string render(const Findings& findings) {
  std::string out;
  for (const auto& finding : findings.all()) {
    const auto word = word_of(finding.level);
    out += std::string(word) + std::string(6 - word.size(), ' ') + on_one_line(finding.check) +
           ": " + on_one_line(finding.text);
    if (!finding.advice.empty()) out += "; do: " + on_one_line(finding.advice);
    out += "\n";
  }
  return out + number_of(findings.count(Level::kFailure), "failure") + ", " +
         number_of(findings.count(Level::kWarning), "warning") + "\n";
}

std::string to_json(const Findings& findings) {
  std::string out;
  JsonWriter json(out);
  json.open(JsonContainer::kObject).name("checks").open(JsonContainer::kArray);
  for (const auto& finding : findings.all()) {
    const bool has_failed = finding.level == Level::kFailure;
    json.open(JsonContainer::kObject).name("check").string(finding.check);
    json.name("level").string(has_failed ? "fail" : word_of(finding.level));
    json.name("finding").string(finding.text).name("do").string(finding.advice);
    json.close(JsonContainer::kObject);
  }
  json.close(JsonContainer::kArray);
  const auto number = [&](Level level) { return static_cast<std::int64_t>(findings.count(level)); };
  json.name("failures").integer(number(Level::kFailure));
  json.name("warnings").integer(number(Level::kWarning)).close(JsonContainer::kObject);
  return out;
}

std::string milliseconds_text(double milliseconds) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.2f ms", milliseconds);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace sqlbus::doctor
