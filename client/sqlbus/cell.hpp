// A cell of a result, and the types that it can be read as.
#pragma once

#include <sqlbus.h>

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error.hpp"
#include "param.hpp"

namespace sqlbus {
inline namespace v0 {

// Specialize it to read cells as a type of one's own: static T read(const Cell&).
template <typename T>
struct CellReader;

// Borrowed from its row.
class Cell {
 public:
  Cell(const sqlbus_result* result, std::size_t row, std::size_t field)
      : result_(result), row_(row), field_(field) {}

  bool is_null() const { return sqlbus_result_is_null(result_, row_, field_) != 0; }
  template <typename T>
  T as() const {
    return CellReader<T>::read(*this);
  }

  // By one of the C functions, sqlbus_get_int() and such.
  template <typename Value, typename... More>
  Value get(int (*function)(const sqlbus_result*, std::size_t, std::size_t, Value*, More*...),
            More*... more) const {
    Value value{};
    const int code = function(result_, row_, field_, &value, more...);
    if (code != SQLBUS_E_OK) fail(code);
    return value;
  }
  [[noreturn]] void fail(int code) const;

 private:
  const sqlbus_result* result_;
  std::size_t row_;
  std::size_t field_;
};

inline void Cell::fail(int code) const {
  std::string text = "row " + std::to_string(row_) + ", field " + std::to_string(field_);
  const char* const name = sqlbus_result_field_name(result_, field_);
  if (name != nullptr) text.append(" (").append(name).append(")");
  text += code == SQLBUS_E_NULL   ? " is NULL"
          : code == SQLBUS_E_TYPE ? " is not of the type that was asked for"
                                  : " is not there";
  throw CellError(text, {.code = code});
}

template <>
struct CellReader<bool> {
  static bool read(const Cell& cell) { return cell.get(sqlbus_get_bool) != 0; }
};

template <detail::Integer T>
struct CellReader<T> {
  static T read(const Cell& cell) {
    const std::int64_t value = cell.get(sqlbus_get_int);
    if (!std::in_range<T>(value)) cell.fail(SQLBUS_E_TYPE);
    return static_cast<T>(value);
  }
};

template <std::floating_point T>
struct CellReader<T> {
  static T read(const Cell& cell) { return static_cast<T>(cell.get(sqlbus_get_double)); }
};

template <>
struct CellReader<Decimal> {
  static Decimal read(const Cell& cell) { return {cell.get(sqlbus_get_decimal)}; }
};

template <>
struct CellReader<std::string_view> {
  static std::string_view read(const Cell& cell) {
    std::size_t size = 0;
    const char* const text = cell.get(sqlbus_get_text, &size);
    return {text, size};
  }
};

template <>
struct CellReader<std::string> {
  static std::string read(const Cell& cell) { return std::string(cell.as<std::string_view>()); }
};

template <>
struct CellReader<std::vector<std::byte>> {
  static std::vector<std::byte> read(const Cell& cell) {
    std::size_t size = 0;
    const void* const bytes = cell.get(sqlbus_get_bytes, &size);
    std::vector<std::byte> copy(size);
    if (size != 0) std::memcpy(copy.data(), bytes, size);
    return copy;
  }
};

template <typename T>
struct CellReader<std::optional<T>> {
  static std::optional<T> read(const Cell& cell) {
    return cell.is_null() ? std::nullopt : std::optional<T>(cell.as<T>());
  }
};

namespace detail {

// Reads an ISO 8601 text from left to right; what does not fit makes it fail for good.
class IsoReader {
 public:
  explicit IsoReader(std::string_view text) : rest_(text) {}

  bool is_sound() const { return is_sound_; }
  bool is_at_end() const { return rest_.empty(); }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) { is_sound_ = take(any_of) && is_sound_; }
  int number(std::size_t digits) {
    int value = 0;
    const auto text = rest_.substr(0, digits);
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = fault == std::errc{} && text.size() == digits &&
                          end == text.data() + digits && text.front() != '-';
    is_sound_ = is_sound_ && is_whole;
    rest_.remove_prefix(text.size());
    return is_whole ? value : 0;
  }
  // To the microsecond; further digits are cut.
  std::chrono::microseconds fraction() {
    int value = 0;
    int unit = 100'000;
    is_sound_ = is_sound_ && is_digit();
    for (; is_digit(); rest_.remove_prefix(1), unit /= 10) value += (rest_.front() - '0') * unit;
    return std::chrono::microseconds{value};
  }
  std::chrono::year_month_day date() {
    const std::chrono::year year{number(4)};
    expect("-");
    const std::chrono::month month{static_cast<unsigned>(number(2))};
    expect("-");
    const std::chrono::day day{static_cast<unsigned>(number(2))};
    const auto date = year / month / day;
    is_sound_ = is_sound_ && date.ok();
    return date;
  }
  std::chrono::microseconds time() {
    std::chrono::microseconds time = std::chrono::hours{number(2)};
    expect(":");
    time += std::chrono::minutes{number(2)};
    if (take(":")) time += std::chrono::seconds{number(2)};
    return take(".") ? time + fraction() : time;
  }
  // What has to be added to come to UTC, of which nothing is said where the text says nothing.
  std::chrono::microseconds zone() {
    if (is_at_end() || take("Z")) return {};
    const bool is_east = take("+");
    if (!is_east) expect("-");
    std::chrono::minutes offset = std::chrono::hours{number(2)};
    if (!is_at_end()) {
      take(":");
      offset += std::chrono::minutes{number(2)};
    }
    return is_east ? -offset : offset;
  }

 private:
  bool is_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }

  std::string_view rest_;
  bool is_sound_ = true;
};

}  // namespace detail

template <>
struct CellReader<std::chrono::year_month_day> {
  static std::chrono::year_month_day read(const Cell& cell) {
    detail::IsoReader text(cell.as<std::string_view>());
    const auto date = text.date();
    if (!text.is_sound() || !text.is_at_end()) cell.fail(SQLBUS_E_TYPE);
    return date;
  }
};

// A timestamp; one without a zone is taken as UTC.
template <typename Duration>
struct CellReader<std::chrono::sys_time<Duration>> {
  static std::chrono::sys_time<Duration> read(const Cell& cell) {
    detail::IsoReader text(cell.as<std::string_view>());
    std::chrono::sys_time<std::chrono::microseconds> moment = std::chrono::sys_days(text.date());
    if (!text.is_at_end()) {
      text.expect(" T");
      moment += text.time();
      moment += text.zone();
    }
    if (!text.is_sound() || !text.is_at_end()) cell.fail(SQLBUS_E_TYPE);
    return std::chrono::floor<Duration>(moment);
  }
};

}  // namespace v0
}  // namespace sqlbus
