// The one exception of a driver, and the edge where every exception ends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "../sqlbus_driver.h"
#include "sqlstate.hpp"
#include "text.hpp"

namespace sqlbus::driver {

class DriverError : public std::runtime_error {
 public:
  // The class is the SQLSTATE's, see kit/sqlstate.hpp.
  DriverError(std::string_view sqlstate, const std::string& message, std::int32_t native_code = 0)
      : DriverError(class_of(sqlstate), sqlstate, message, native_code) {}
  DriverError(sqlbus_class cls, std::string_view sqlstate, const std::string& message,
              std::int32_t native_code = 0)
      : std::runtime_error(message), class_(cls), native_code_(native_code) {
    std::copy_n(sqlstate.data(), std::min(sqlstate.size(), sizeof sqlstate_ - 1), sqlstate_);
  }

  sqlbus_class error_class() const noexcept { return class_; }
  std::string_view sqlstate() const noexcept { return sqlstate_; }
  std::int32_t native_code() const noexcept { return native_code_; }

 private:
  sqlbus_class class_;
  std::int32_t native_code_;
  char sqlstate_[6] = {};
};

inline void fill(sqlbus_error* error, std::string_view sqlstate, std::string_view message,
                 std::int32_t native_code = 0) noexcept {
  if (error == nullptr) return;
  error->native_code = native_code;
  const auto state = sqlstate.substr(0, sizeof error->sqlstate - 1);
  *std::copy(state.begin(), state.end(), error->sqlstate) = '\0';
  const auto text = head_of(message, sizeof error->message - 1);
  *std::copy(text.begin(), text.end(), error->message) = '\0';
}

// Runs a call of the C table. What the driver did not foresee counts as permanent: the bus asks
// transaction() before it goes on, and a statement that always throws is not retried for ever.
template <typename Call>
int guarded(sqlbus_error* error, Call&& call) noexcept {
  try {
    std::forward<Call>(call)();
    return SQLBUS_OK;
  } catch (const DriverError& e) {
    fill(error, e.sqlstate(), e.what(), e.native_code());
    return e.error_class();
  } catch (const std::bad_alloc&) {
    fill(error, "53200", "out of memory");
  } catch (const std::exception& e) {
    fill(error, "XX000", e.what());
  } catch (...) {
    fill(error, "XX000", "an exception of unknown type in the driver");
  }
  return SQLBUS_PERMANENT;
}

}  // namespace sqlbus::driver
