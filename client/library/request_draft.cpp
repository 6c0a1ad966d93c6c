#include "client/library/request_draft.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "client/library/param_value.hpp"
#include "protocol/limits.hpp"
#include "protocol/request_members.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {

namespace {

CallStatus refuse(std::string text) { return {SQLBUS_E_ARGUMENT, std::move(text)}; }

// A text of the request, by the rule that the bus has for its member.
CallStatus take(RequestMember member, std::string_view text, Request& request) {
  const RequestMemberRow& row = request_members()[static_cast<std::size_t>(member)];
  const std::string_view fault = fault_of_text(text);
  if (!fault.empty()) return refuse(std::string(row.name).append(" ").append(fault));
  const JsonScalar scalar{.kind = JsonScalar::Kind::kString, .text = text, .is_in_place = true};
  if (row.take(scalar, request)) return {};
  return refuse(std::string(row.name).append(" ").append(row.rule));
}

CallStatus take_optional(RequestMember member, const char* text, std::optional<Text>& target,
                         Request& request) {
  if (text != nullptr) return take(member, text, request);
  target.reset();
  return {};
}

CallStatus take_sql(const sqlbus_statement& given, Text& sql) {
  if (given.statement == nullptr) return refuse("there is no STATEMENT");
  const std::string_view text = given.statement_size == 0
                                    ? std::string_view(given.statement)
                                    : std::string_view(given.statement, given.statement_size);
  if (text.empty()) return refuse("STATEMENT is empty");
  const std::string_view fault = fault_of_text(text);
  if (!fault.empty()) return refuse(std::string("STATEMENT ").append(fault));
  sql = Text::borrow(text);
  return {};
}

CallStatus take_params(const sqlbus_statement& given, Params& params) {
  if (given.params == nullptr && given.param_count != 0) return refuse("there are no PARAMS");
  params.resize(given.param_count);
  for (std::size_t i = 0; i < given.param_count; ++i) {
    const std::string_view fault = set_value(given.params[i], params[i]);
    if (fault.empty()) continue;
    return refuse("value " + std::to_string(i + 1) + " of PARAMS " + std::string(fault));
  }
  return {};
}

CallStatus take_statement(const sqlbus_statement& given, Statement& statement) {
  CallStatus status = take_sql(given, statement.sql);
  if (status.ok()) status = take_params(given, statement.params);
  return status;
}

CallStatus take_statements(std::span<const sqlbus_statement> given, Request& request) {
  std::size_t params = 0;
  for (const sqlbus_statement& statement : given) {
    // Added up with care: each may be any number.
    if (statement.param_count > limits::kParamsMax - params) {
      return refuse("PARAMS has more than 1,000,000 values");
    }
    params += statement.param_count;
  }
  request.statements.resize(given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    CallStatus status = take_statement(given[i], request.statements[i]);
    if (status.ok()) continue;
    if (request.form != Request::Form::kSingle) {
      status.text.insert(
          0, "statement " + std::to_string(i + 1) + " of " + std::to_string(given.size()) + ": ");
    }
    return status;
  }
  return {};
}

CallStatus take_form(const sqlbus_request& given, Request& request) {
  const std::span list(given.statements, given.statements == nullptr ? 0 : given.statement_count);
  switch (given.form) {
    case SQLBUS_SINGLE: {
      const sqlbus_statement one{given.statement, given.statement_size, given.params,
                                 given.param_count};
      request.form = Request::Form::kSingle;
      return take_statements(std::span(&one, 1), request);
    }
    case SQLBUS_TRANSACTION:
      request.form = Request::Form::kTransaction;
      if (list.empty() || list.size() > limits::kStatementsMax) {
        return refuse("STATEMENT must have 1 to 1000 statements");
      }
      return take_statements(list, request);
    case SQLBUS_UPSERT:
      request.form = Request::Form::kUpsert;
      if (list.size() != 2) return refuse("STATEMENT must have an UPDATE and an INSERT");
      return take_statements(list, request);
    default:
      return refuse("the request has no form that there is");
  }
}

CallStatus take_time(const char* name, std::int64_t time_us, std::optional<EpochTime>& target) {
  if (time_us < 0) return refuse(std::string(name) + " must be a moment since 1970");
  target.reset();
  if (time_us != 0) target = EpochTime(std::chrono::microseconds(time_us));
  return {};
}

CallStatus take_answer_options(const sqlbus_request& given, Request& request) {
  constexpr std::uint32_t kFlags = SQLBUS_URGENT | SQLBUS_TYPED | SQLBUS_NO_DEADLINE;
  if ((given.flags & ~kFlags) != 0) return refuse("the request has flags that there are not");
  if (given.rows_max < 0) return refuse("MAX_ROWS must be an integer of at least 1");
  request.typed = (given.flags & SQLBUS_TYPED) != 0;
  request.rows_max.reset();
  if (given.rows_max != 0) request.rows_max = given.rows_max;
  request.traceparent = {};
  if (given.traceparent == nullptr) return {};
  return take(RequestMember::kTraceparent, given.traceparent, request);
}

}  // namespace

RequestDraft::RequestDraft(std::string app, std::int64_t pid) : app_(std::move(app)) {
  request_.pid = pid;
  request_.statements.resize(1);
}

CallStatus RequestDraft::fill(const sqlbus_request& given) {
  const std::string_view app = given.app == nullptr ? std::string_view(app_) : given.app;
  request_.timestamp = system_now();
  request_.sync = false;
  request_.rchannel = {};
  CallStatus status = take_form(given, request_);
  if (status.ok()) status = take(RequestMember::kApp, app, request_);
  if (status.ok()) {
    status = take_optional(RequestMember::kDatabase, given.database, request_.database, request_);
  }
  if (status.ok()) status = take_optional(RequestMember::kKey, given.key, request_.key, request_);
  if (status.ok()) status = take_time("DEADLINE", given.deadline_us, request_.deadline);
  if (status.ok()) status = take_time("NOT_BEFORE", given.not_before_us, request_.not_before);
  if (status.ok()) status = take_answer_options(given, request_);
  if (!status.ok()) return status;
  if (given.uuid != nullptr) return take(RequestMember::kUuid, given.uuid, request_);
  make_uuid_v7(request_.timestamp, uuid_);
  request_.uuid = Text::borrow(uuid_);
  return {};
}

void RequestDraft::expect_answer() {
  request_.sync = true;
  request_.rchannel = Text::borrow(request_.uuid);
}

void RequestDraft::shed() { request_.statements = std::pmr::vector<Statement>(1); }

}  // namespace sqlbus
