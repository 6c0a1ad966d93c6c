#include "client/library/request_draft.hpp"

#include <algorithm>
#include <chrono>
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

CallStatus take_statement(const sqlbus_request& given, Text& sql) {
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

CallStatus take_params(const sqlbus_request& given, Params& params) {
  if (given.param_count > limits::kParamsMax)
    return refuse("PARAMS has more than 1,000,000 values");
  if (given.params == nullptr && given.param_count != 0) return refuse("there are no PARAMS");
  params.resize(given.param_count);
  for (std::size_t i = 0; i < given.param_count; ++i) {
    const std::string_view fault = set_value(given.params[i], params[i]);
    if (fault.empty()) continue;
    return refuse("value " + std::to_string(i + 1) + " of PARAMS " + std::string(fault));
  }
  return {};
}

CallStatus take_time(const char* name, std::int64_t time_us, std::optional<EpochTime>& target) {
  if (time_us < 0) return refuse(std::string(name) + " lies before 1970");
  target.reset();
  if (time_us != 0) target = EpochTime(std::chrono::microseconds(time_us));
  return {};
}

}  // namespace

RequestDraft::RequestDraft(std::string app, std::int64_t pid) : app_(std::move(app)) {
  request_.pid = pid;
  request_.statements.resize(1);
}

CallStatus RequestDraft::fill(const sqlbus_request& given) {
  Statement& statement = request_.statements.front();
  const std::string_view app = given.app == nullptr ? std::string_view(app_) : given.app;
  request_.timestamp = system_now();
  CallStatus status = take_statement(given, statement.sql);
  if (status.ok()) status = take_params(given, statement.params);
  if (status.ok()) status = take(RequestMember::kApp, app, request_);
  if (status.ok()) {
    status = take_optional(RequestMember::kDatabase, given.database, request_.database, request_);
  }
  if (status.ok()) status = take_optional(RequestMember::kKey, given.key, request_.key, request_);
  if (status.ok()) status = take_time("DEADLINE", given.deadline_us, request_.deadline);
  if (status.ok()) status = take_time("NOT_BEFORE", given.not_before_us, request_.not_before);
  if (!status.ok()) return status;
  if (given.uuid != nullptr) return take(RequestMember::kUuid, given.uuid, request_);
  make_uuid_v7(request_.timestamp, uuid_);
  request_.uuid = Text::borrow(uuid_);
  return {};
}

void RequestDraft::shed() { request_.statements = std::pmr::vector<Statement>(1); }

}  // namespace sqlbus
