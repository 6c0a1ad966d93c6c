// The settings of a database's section, by name.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "../sqlbus_driver.h"
#include "driver_error.hpp"

namespace sqlbus::driver {

// Borrows the array for the call to connect().
class Options {
 public:
  explicit Options(std::span<const sqlbus_option> options) : options_(options) {}

  // Empty where it is not set.
  std::string_view text(std::string_view name) const {
    for (const auto& option : options_) {
      if (option.name == name) return option.value == nullptr ? "" : option.value;
    }
    return {};
  }

  // The value is not repeated in the error: it might be a secret under a wrong name.
  std::uint32_t number(std::string_view name, std::uint32_t fallback) const {
    const auto value = text(name);
    if (value.empty()) return fallback;
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault != std::errc{} || end != value.data() + value.size()) {
      throw DriverError("22023", "option " + std::string(name) + " is no whole number");
    }
    return number;
  }

 private:
  std::span<const sqlbus_option> options_;
};

}  // namespace sqlbus::driver
