// The members of a request, in one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/json_reader.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

// In the order of the protocol's table, which is that of request_members().
enum class RequestMember : std::uint8_t {
  kUuid,
  kApp,
  kPid,
  kType,
  kSync,
  kRchannel,
  kTimestamp,
  kStatement,
  kParams,
  kDatabase,
  kKey,
  kDeadline,
  kNotBefore,
  kTyped,
  kRowsMax,
  kTraceparent,
  kSignature,
};

struct RequestMemberRow {
  std::string_view name;
  bool is_required;
  std::string_view rule;  // what a value must be, for a person: "must be true or false"
  // Puts a scalar that is not null into the request; false where it breaks the rule. Null where
  // the member is no scalar.
  bool (*take)(const JsonScalar& scalar, Request& request);
};

std::span<const RequestMemberRow> request_members();
std::span<const std::string_view> request_member_names();

}  // namespace sqlbus
