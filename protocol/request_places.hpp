// The shape of a request envelope: which containers mean something, and what may stand in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/json_reader.hpp"
#include "protocol/request_members.hpp"

namespace sqlbus {

enum class RequestPlace : std::uint8_t {
  kRequest,    // the envelope; its members are those of request_members()
  kPair,       // {"UPDATE": …, "INSERT": …}
  kList,       // an array of statements
  kStatement,  // {"SQL": …, "PARAMS": […]}
  kParams,     // an array of bind values
  kBytes,      // {"BASE64": …}
};

// Members of kStatement.
inline constexpr std::size_t kSqlIndex = 0;
inline constexpr std::size_t kParamsIndex = 1;

// Nothing that means something is nested deeper: request, list, statement, params, bytes.
inline constexpr std::size_t kPlaceDepthMax = 5;

constexpr std::size_t index_of(RequestMember member) { return static_cast<std::size_t>(member); }

bool is_array(RequestPlace place);
// The members that an object may have there; empty for arrays.
std::span<const std::string_view> names_at(RequestPlace place);
// What a value must be, for a person, where `member` is the index of the object's member.
std::string_view rule_at(RequestPlace place, std::size_t member);
// What a container is as the value of that member, or as an element; nothing where none may stand.
std::optional<RequestPlace> place_within(RequestPlace place, std::size_t member,
                                         JsonContainer container);

}  // namespace sqlbus
