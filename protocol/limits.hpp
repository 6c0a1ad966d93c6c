// The bounds that the wire contract itself sets. What an operator may set is in daemon/config.
#pragma once

#include <cstddef>

namespace sqlbus::limits {

inline constexpr std::size_t kUuidBytesMax = 64;
inline constexpr std::size_t kAppBytesMax = 128;
inline constexpr std::size_t kRchannelBytesMax = 512;
inline constexpr std::size_t kKeyBytesMax = 512;
inline constexpr std::size_t kStatementsMax = 1000;
// Of all statements of a request together: in memory a value is some twenty times as large as its
// shortest form in the envelope.
inline constexpr std::size_t kParamsMax = 1'000'000;
// Of one object: their names are kept to find repeated ones.
inline constexpr std::size_t kUnknownMembersMax = 10'000;
// An error's text is cut here, so that a failing statement of megabytes does not fill Redis twice.
inline constexpr std::size_t kMessageBytesMax = 2048;

}  // namespace sqlbus::limits
