// Owners of ODBC's handles. They end in the order: statements, connection, environment.
#pragma once

#include <cstdint>
#include <memory>

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

using Environment = std::unique_ptr<void, FreeEnvironment>;
using Connection = std::unique_ptr<void, FreeConnection>;
using StatementHandle = std::unique_ptr<void, FreeStatement>;

}  // namespace sqlbus::odbc
