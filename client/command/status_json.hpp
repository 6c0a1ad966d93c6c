// Reading what a daemon has left about itself: members as they are expected; where one is missing
// or another kind, an empty one of that kind: it may be another version that wrote it.
#pragma once

#include <rapidjson/document.h>

#include <string>

#include "client/command/display_width.hpp"

namespace sqlbus::status_json {

using Json = rapidjson::Value;

inline std::string text_of(const Json& json, const char* name) {
  const auto found = json.FindMember(name);
  if (found == json.MemberEnd() || !found->value.IsString()) return {};
  return printable({found->value.GetString(), found->value.GetStringLength()});
}

inline double number_of(const Json& json, const char* name) {
  const auto found = json.FindMember(name);
  return found != json.MemberEnd() && found->value.IsNumber() ? found->value.GetDouble() : 0;
}

inline bool flag_of(const Json& json, const char* name) {
  const auto found = json.FindMember(name);
  return found != json.MemberEnd() && found->value.IsBool() && found->value.GetBool();
}

template <typename Visitor>
void for_each_in(const Json& json, const char* name, Visitor visit) {
  const auto found = json.FindMember(name);
  if (found == json.MemberEnd() || !found->value.IsArray()) return;
  for (const auto& element : found->value.GetArray()) {
    if (element.IsObject()) visit(element);
  }
}

// Of one of the databases: over the last minute or two.
struct Latency {
  struct Of {
    double p50_s = 0, p99_s = 0;
  };
  double requests = 0;
  Of queued, executed, total;
};

inline Latency read_latency(const Json& database) {
  const auto found = database.FindMember("latency");
  if (found == database.MemberEnd() || !found->value.IsObject()) return {};
  const auto& json = found->value;
  return {.requests = number_of(json, "requests"),
          .queued = {number_of(json, "queued_p50_s"), number_of(json, "queued_p99_s")},
          .executed = {number_of(json, "executed_p50_s"), number_of(json, "executed_p99_s")},
          .total = {number_of(json, "total_p50_s"), number_of(json, "total_p99_s")}};
}

}  // namespace sqlbus::status_json
