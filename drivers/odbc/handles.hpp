// ODBC's handles, owned, and its ways to hand things over. Owners end in the order: statements,
// connection, environment.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace sqlbus::odbc {

struct FreeEnvironment {
  void operator()(void* handle) const noexcept;
};
// Disconnects first; a transaction that is open is rolled back.
struct FreeConnection {
  void operator()(void* handle) const noexcept;
};
struct FreeStatement {
  void operator()(void* handle) const noexcept;
};

// ODBC hands numbers over in pointers.
inline void* as_pointer(std::uintptr_t number) {
  return reinterpret_cast<void*>(number);  // NOLINT(performance-no-int-to-ptr)
}

// A text as ODBC takes it, which it only reads.
inline unsigned char* chars(std::string_view text) {
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
}

using Environment = std::unique_ptr<void, FreeEnvironment>;
using Connection = std::unique_ptr<void, FreeConnection>;
using StatementHandle = std::unique_ptr<void, FreeStatement>;

}  // namespace sqlbus::odbc
