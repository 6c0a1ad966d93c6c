#include "protocol/request_members.hpp"

#include <algorithm>
#include <array>

#include "protocol/json_number.hpp"
#include "protocol/limits.hpp"
#include "protocol/member_names.hpp"
#include "protocol/value_codec.hpp"

namespace sqlbus {
namespace {

using Kind = JsonScalar::Kind;

bool is_text(const JsonScalar& scalar, std::size_t bytes_max) {
  return scalar.kind == Kind::kString && !scalar.text.empty() && scalar.text.size() <= bytes_max;
}

// Nothing where the number is no integer, or one below `least`.
std::optional<std::int64_t> integer_from(const JsonScalar& scalar, std::int64_t least) {
  if (scalar.kind != Kind::kNumber) return std::nullopt;
  const auto value = to_int64(scalar.text);
  return value && *value >= least ? value : std::nullopt;
}

bool take_uuid(const JsonScalar& scalar, Request& request) {
  const auto is_printable = [](char c) { return c > ' ' && c <= '~'; };
  if (!is_text(scalar, limits::kUuidBytesMax)) return false;
  if (!std::ranges::all_of(scalar.text, is_printable)) return false;
  request.uuid = text_of(scalar);
  return true;
}

bool take_app(const JsonScalar& scalar, Request& request) {
  if (!is_text(scalar, limits::kAppBytesMax)) return false;
  request.app = text_of(scalar);
  return true;
}

bool take_pid(const JsonScalar& scalar, Request& request) {
  const auto pid = integer_from(scalar, 0);
  request.pid = pid.value_or(0);
  return pid.has_value();
}

bool take_type(const JsonScalar& scalar, Request& /*request*/) {
  return scalar.kind == Kind::kString && equals_ignoring_case(scalar.text, "REQUEST");
}

bool take_sync(const JsonScalar& scalar, Request& request) {
  request.sync = scalar.boolean;
  return scalar.kind == Kind::kBool;
}

// An empty one is none: the client of 2018 sends it where nobody waits.
bool take_rchannel(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kString || scalar.text.size() > limits::kRchannelBytesMax) return false;
  request.rchannel = text_of(scalar);
  return true;
}

bool take_timestamp(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kNumber) return false;
  request.timestamp = from_epoch_text(scalar.text);
  return true;
}

bool take_statement(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kString || scalar.text.empty()) return false;
  request.form = Request::Form::kSingle;
  request.statements.push_back(
      {.sql = text_of(scalar), .params = Params(request.statements.get_allocator())});
  return true;
}

bool take_database(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kString || scalar.text.empty()) return false;
  request.database = text_of(scalar);
  return true;
}

bool take_key(const JsonScalar& scalar, Request& request) {
  if (!is_text(scalar, limits::kKeyBytesMax)) return false;
  request.key = text_of(scalar);
  return true;
}

bool take_deadline(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kNumber) return false;
  request.deadline = from_epoch_text(scalar.text);
  return true;
}

bool take_not_before(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kNumber) return false;
  request.not_before = from_epoch_text(scalar.text);
  return true;
}

bool take_typed(const JsonScalar& scalar, Request& request) {
  request.typed = scalar.boolean;
  return scalar.kind == Kind::kBool;
}

bool take_rows_max(const JsonScalar& scalar, Request& request) {
  request.rows_max = integer_from(scalar, 1);
  return request.rows_max.has_value();
}

bool take_traceparent(const JsonScalar& scalar, Request& request) {
  if (scalar.kind != Kind::kString) return false;
  request.traceparent = text_of(scalar);
  return true;
}

constexpr auto kRequestMembers = std::to_array<RequestMemberRow>({
    {"UUID", true, "must be a string of 1 to 64 printable ASCII characters without spaces",
     take_uuid},
    {"APP", true, "must be a string of 1 to 128 bytes", take_app},
    {"PID", true, "must be an integer of at least 0", take_pid},
    {"TYPE", true, "must be \"REQUEST\"", take_type},
    {"SYNC", true, "must be true or false", take_sync},
    {"RCHANNEL", false, "must be a string of at most 512 bytes", take_rchannel},
    {"TIMESTAMP", true, "must be a number of seconds since 1970", take_timestamp},
    {"STATEMENT", true,
     "must be a string that is not empty, an object with UPDATE and INSERT, or an array of 1 to "
     "1000 statements",
     take_statement},
    {"PARAMS", false, "must be an array", nullptr},
    {"DATABASE", false, "must be a string that is not empty", take_database},
    {"KEY", false, "must be a string of 1 to 512 bytes", take_key},
    {"DEADLINE", false, "must be a number of seconds since 1970", take_deadline},
    {"NOT_BEFORE", false, "must be a number of seconds since 1970", take_not_before},
    {"TYPED", false, "must be true or false", take_typed},
    {"MAX_ROWS", false, "must be an integer of at least 1", take_rows_max},
    {"TRACEPARENT", false, "must be a string", take_traceparent},
    {"SIGNATURE", false, "must be an object", nullptr},
});

constexpr auto kRequestMemberNames = [] {
  std::array<std::string_view, kRequestMembers.size()> names{};
  std::ranges::transform(kRequestMembers, names.begin(), &RequestMemberRow::name);
  return names;
}();

}  // namespace

std::span<const RequestMemberRow> request_members() { return kRequestMembers; }

std::span<const std::string_view> request_member_names() { return kRequestMemberNames; }

}  // namespace sqlbus
