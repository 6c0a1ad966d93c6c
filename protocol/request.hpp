// A request as a caller means it: the decoded envelope.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <vector>

#include "protocol/clock.hpp"
#include "protocol/text.hpp"
#include "protocol/value.hpp"

namespace sqlbus {

struct Statement {
  Text sql;
  Params params;

  friend bool operator==(const Statement&, const Statement&) = default;
};

struct Request {
  enum class Form : std::uint8_t {
    kSingle,       // statements[0]
    kUpsert,       // statements[0] is the UPDATE, statements[1] the INSERT
    kTransaction,  // 1 to 1000 statements, all or none
  };

  Text uuid;
  Text app;
  std::int64_t pid = 0;
  bool sync = false;
  Text rchannel;  // empty where the caller gave none
  EpochTime timestamp{};
  Form form = Form::kSingle;
  std::pmr::vector<Statement> statements;
  std::optional<Text> database;  // nothing: the default one
  std::optional<Text> key;
  std::optional<EpochTime> deadline;
  std::optional<EpochTime> not_before;
  bool typed = false;
  std::optional<std::int64_t> rows_max;  // MAX_ROWS
  Text traceparent;                      // empty where the caller gave none

  friend bool operator==(const Request&, const Request&) = default;
};

}  // namespace sqlbus
