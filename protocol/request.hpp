// A request as a caller means it: the decoded envelope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/clock.hpp"
#include "protocol/value.hpp"

namespace sqlbus {

struct Statement {
  std::string sql;
  std::vector<Value> params;

  friend bool operator==(const Statement&, const Statement&) = default;
};

struct Request {
  enum class Form : std::uint8_t {
    kSingle,       // statements[0]
    kUpsert,       // statements[0] is the UPDATE, statements[1] the INSERT
    kTransaction,  // 1 to 1000 statements, all or none
  };

  std::string uuid;
  std::string app;
  std::int64_t pid = 0;
  bool sync = false;
  std::string rchannel;  // empty where the caller gave none
  EpochTime timestamp{};
  Form form = Form::kSingle;
  std::vector<Statement> statements;
  std::optional<std::string> database;  // nothing: the default one
  std::optional<std::string> key;
  std::optional<EpochTime> deadline;
  std::optional<EpochTime> not_before;
  bool typed = false;
  std::optional<std::int64_t> rows_max;  // MAX_ROWS
  std::string traceparent;               // empty where the caller gave none

  friend bool operator==(const Request&, const Request&) = default;
};

}  // namespace sqlbus
