#include "protocol/request_places.hpp"

#include <array>

#include "protocol/value_codec.hpp"

namespace sqlbus {
namespace {

constexpr std::array<std::string_view, 2> kPairNames = {"UPDATE", "INSERT"};
constexpr std::array<std::string_view, 2> kStatementNames = {"SQL", "PARAMS"};
constexpr std::array<std::string_view, 1> kBytesNames = {kBase64Name};

}  // namespace

bool is_array(RequestPlace place) {
  return place == RequestPlace::kList || place == RequestPlace::kParams;
}

std::span<const std::string_view> names_at(RequestPlace place) {
  switch (place) {
    case RequestPlace::kRequest:
      return request_member_names();
    case RequestPlace::kPair:
      return kPairNames;
    case RequestPlace::kStatement:
      return kStatementNames;
    case RequestPlace::kBytes:
      return kBytesNames;
    case RequestPlace::kList:
    case RequestPlace::kParams:
      return {};
  }
  return {};
}

std::string_view rule_at(RequestPlace place, std::size_t member) {
  switch (place) {
    case RequestPlace::kRequest:
      return request_members()[member].rule;
    case RequestPlace::kPair:
    case RequestPlace::kList:
      return "must be a string that is not empty, or an object with SQL and PARAMS";
    case RequestPlace::kStatement:
      return member == kSqlIndex ? "must be a string that is not empty" : "must be an array";
    case RequestPlace::kParams:
      return "must be null, true, false, a number, a string or an object with BASE64";
    case RequestPlace::kBytes:
      return "must be a string of base64 with padding";
  }
  return {};
}

std::optional<RequestPlace> place_within(RequestPlace place, std::size_t member,
                                         JsonContainer container) {
  const bool is_object = container == JsonContainer::kObject;
  switch (place) {
    case RequestPlace::kRequest:
      if (member == index_of(RequestMember::kStatement)) {
        return is_object ? RequestPlace::kPair : RequestPlace::kList;
      }
      if (member == index_of(RequestMember::kParams) && !is_object) return RequestPlace::kParams;
      return std::nullopt;
    case RequestPlace::kPair:
    case RequestPlace::kList:
      if (is_object) return RequestPlace::kStatement;
      return std::nullopt;
    case RequestPlace::kStatement:
      if (member == kParamsIndex && !is_object) return RequestPlace::kParams;
      return std::nullopt;
    case RequestPlace::kParams:
      if (is_object) return RequestPlace::kBytes;
      return std::nullopt;
    case RequestPlace::kBytes:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sqlbus
