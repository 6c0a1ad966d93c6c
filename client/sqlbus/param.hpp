// Bind values.
#pragma once

#include <sqlbus.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "error.hpp"

namespace sqlbus {
inline namespace v0 {

// A number of any length, of which no digit is lost, as JSON writes it: "-12.50".
struct Decimal {
  std::string digits;

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

namespace detail {

template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <typename T>
concept TextLike = std::convertible_to<const T&, std::string_view>;

template <typename T>
concept BytesLike = std::convertible_to<const T&, std::span<const std::byte>>;

template <typename... Args>
std::string print(const char* format, Args... args) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), format, args...);
  return {text.data(), static_cast<std::size_t>(size)};
}

inline std::string iso_date(std::chrono::year_month_day date) {
  return print("%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day()));
}

inline std::string iso_time(std::chrono::sys_time<std::chrono::microseconds> moment) {
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::hh_mm_ss time(moment - day);
  return iso_date(day) + print(" %02d:%02d:%02d.%06d", static_cast<int>(time.hours().count()),
                               static_cast<int>(time.minutes().count()),
                               static_cast<int>(time.seconds().count()),
                               static_cast<int>(time.subseconds().count()));
}

}  // namespace detail

// A value of any type that a statement takes; it keeps what it is made of. nullptr, std::nullopt
// and an empty std::optional are NULL; a moment is its text in UTC.
class Param {
 public:
  Param() = default;
  // NOLINTBEGIN(google-explicit-constructor): that is what it is for
  Param(std::nullptr_t) {}
  Param(std::nullopt_t) {}
  template <std::same_as<bool> T>
  Param(T value) : kind_(SQLBUS_PARAM_BOOL), integer_(value ? 1 : 0) {}
  template <detail::Integer T>
  Param(T value) : kind_(SQLBUS_PARAM_INT), integer_(static_cast<std::int64_t>(value)) {
    if (!std::in_range<std::int64_t>(value))
      throw ArgumentError("a value does not fit 64 bits", {});
  }
  template <std::floating_point T>
  Param(T value) : kind_(SQLBUS_PARAM_DOUBLE), number_(static_cast<double>(value)) {}
  template <detail::TextLike T>
  Param(const T& text) : kind_(SQLBUS_PARAM_TEXT), data_(std::string_view(text)) {}
  template <detail::BytesLike T>
  Param(const T& value) : kind_(SQLBUS_PARAM_BYTES) {
    const std::span<const std::byte> bytes = value;
    data_.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  Param(Decimal number) : kind_(SQLBUS_PARAM_DECIMAL), data_(std::move(number.digits)) {}
  Param(std::chrono::year_month_day date)
      : kind_(SQLBUS_PARAM_TEXT), data_(detail::iso_date(date)) {}
  template <typename Duration>
  Param(std::chrono::sys_time<Duration> moment)
      : kind_(SQLBUS_PARAM_TEXT),
        data_(detail::iso_time(std::chrono::floor<std::chrono::microseconds>(moment))) {}
  template <typename T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param(*value);
  }
  // NOLINTEND(google-explicit-constructor)

  // As the C functions take it; borrowed.
  sqlbus_param c() const {
    sqlbus_param param = sqlbus_param_of(kind_, data_.data(), data_.size());
    param.integer = integer_;
    param.number = number_;
    return param;
  }

 private:
  sqlbus_param_kind kind_ = SQLBUS_PARAM_NULL;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string data_;
};

}  // namespace v0
}  // namespace sqlbus
