// Structs that come from callers who were built with another version of sqlbus.h.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace sqlbus {

// What the caller has of it; the members that it does not know yet are 0, and those that we do
// not know yet are left out.
template <typename Struct>
Struct sized_copy(const Struct& given) {
  static_assert(std::is_trivially_copyable_v<Struct>);
  Struct copy{};
  std::memcpy(&copy, &given, std::min(given.struct_size, sizeof(Struct)));
  return copy;
}

}  // namespace sqlbus
