#include "client/driver_check/check_report.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <iostream>
#include <string_view>
#include <utility>

namespace sqlbus::check {
namespace {

constexpr int kOutcomeWidth = 13;

const char* name_of(Outcome outcome) {
  constexpr const char* kNames[] = {"ok", "not claimed", "FAILED"};
  return kNames[static_cast<std::size_t>(outcome)];
}

// Each line of a text under the one before.
void print_lines(const std::string& text) {
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    std::cout << std::string(kOutcomeWidth, ' ') << text.substr(begin, end - begin) << "\n";
    begin = end + 1;
  }
}

}  // namespace

CheckReport::CheckReport(const CheckOptions& options) : is_json_(options.json) {
  for (const auto& [name, value] : options.target.options) {
    if (name.find("password") != std::string::npos) secrets_.add(value);
    if (name == "connection_string") secrets_.add_connection_string(value);
  }
}

void CheckReport::on_driver(const Target& target) {
  target_ = target;
  if (is_json_) return;
  std::cout << "driver " << secrets_.masked(target.driver) << ", DBTYPE "
            << secrets_.masked(target.dbtype) << ", placeholders "
            << (target.has_question_marks ? "?" : "$1") << "\n"
            << std::flush;
}

void CheckReport::on_finding(Finding finding) {
  ++counts_[static_cast<std::size_t>(finding.outcome)];
  for (auto& text : finding.texts) text = secrets_.masked(std::move(text));
  findings_.push_back(std::move(finding));
  if (is_json_) return;
  const auto& kept = findings_.back();
  std::cout << std::left << std::setw(kOutcomeWidth) << name_of(kept.outcome) << kept.check.name;
  if (kept.outcome == Outcome::kNotClaimed) std::cout << " (" << kept.texts.front() << ")";
  std::cout << "\n";
  if (kept.outcome == Outcome::kFailed) {
    print_lines("rule      " + kept.check.rule);
    for (const auto& text : kept.texts) print_lines(text);
  }
  std::cout << std::flush;
}

void CheckReport::end() {
  if (is_json_) return print_json();
  std::cout << findings_.size() << " checks: " << count(Outcome::kOk) << " ok, "
            << count(Outcome::kNotClaimed) << " not claimed, " << count(Outcome::kFailed)
            << " failed\n";
}

void CheckReport::print_json() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text = [&](const char* key, const std::string& value) {
    json.Key(key);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  text("driver", secrets_.masked(target_.driver));
  text("dbtype", secrets_.masked(target_.dbtype));
  for (const auto outcome : {Outcome::kOk, Outcome::kNotClaimed, Outcome::kFailed}) {
    json.Key(name_of(outcome));
    json.Uint64(count(outcome));
  }
  json.Key("checks");
  json.StartArray();
  for (const auto& finding : findings_) {
    json.StartObject();
    text("name", finding.check.name);
    text("rule", finding.check.rule);
    text("outcome", name_of(finding.outcome));
    json.Key("texts");
    json.StartArray();
    for (const auto& what : finding.texts) {
      json.String(what.data(), static_cast<rapidjson::SizeType>(what.size()));
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  std::cout << buffer.GetString() << "\n";
}

}  // namespace sqlbus::check
