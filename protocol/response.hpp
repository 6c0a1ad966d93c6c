// A response as a caller reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/clock.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {

struct ResponseCell {
  bool is_null = false;
  bool is_native = false;  // TYPED: the JSON value was no string; `text` is it as JSON
  std::string text;        // strings decoded
};

struct Response {
  std::string uuid;
  std::int64_t pid = 0;
  std::string dbtype;
  std::int64_t timestamp_s = 0;
  std::string message;
  std::int32_t error_id = 0;
  std::vector<std::string> fields;
  std::vector<std::string> types;
  std::vector<std::vector<ResponseCell>> rows;
  std::int64_t affected = 0;
  std::string sqlstate;
  bool is_duplicate = false;
  bool is_truncated = false;
  std::optional<double> queued_ms;
  std::optional<double> executed_ms;
  std::string traceparent;
};

}  // namespace sqlbus
