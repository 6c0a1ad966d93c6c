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

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// PWD=… and Password=… of a connection string.
void add_secrets_of(const std::string& connection_string, std::vector<std::string>& secrets) {
  const auto small = lower(connection_string);
  for (const std::string_view key : {"pwd=", "password="}) {
    for (auto at = small.find(key); at != std::string::npos; at = small.find(key, at + 1)) {
      const auto begin = at + key.size();
      secrets.push_back(connection_string.substr(begin, small.find(';', begin) - begin));
    }
  }
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
    if (name.find("password") != std::string::npos) secrets_.push_back(value);
    if (name == "connection_string") add_secrets_of(value, secrets_);
  }
  const auto is_empty = [](const std::string& secret) { return secret.empty(); };
  secrets_.erase(std::remove_if(secrets_.begin(), secrets_.end(), is_empty), secrets_.end());
}

std::string CheckReport::masked(std::string text) const {
  for (const auto& secret : secrets_) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return text;
}

void CheckReport::on_driver(const Target& target) {
  target_ = target;
  if (is_json_) return;
  std::cout << "driver " << masked(target.driver) << ", DBTYPE " << masked(target.dbtype)
            << ", placeholders " << (target.has_question_marks ? "?" : "$1") << "\n"
            << std::flush;
}

void CheckReport::on_finding(Finding finding) {
  ++counts_[static_cast<std::size_t>(finding.outcome)];
  for (auto& text : finding.texts) text = masked(std::move(text));
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
  text("driver", masked(target_.driver));
  text("dbtype", masked(target_.dbtype));
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
