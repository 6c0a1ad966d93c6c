#include "protocol/clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "protocol/json_number.hpp"

namespace sqlbus {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kEarliest = -62'135'596'800 * kMicrosPerSecond;    // 0001-01-01
constexpr std::int64_t kLatest = 253'402'300'800 * kMicrosPerSecond - 1;  // 9999-12-31
constexpr std::size_t kWholeDigitsMax = 12;                               // far beyond both
constexpr std::size_t kFractionDigits = 6;

EpochTime at(std::int64_t micros) {
  return EpochTime(std::chrono::microseconds(std::clamp(micros, kEarliest, kLatest)));
}

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The digits of a fraction as microseconds, rounded at the seventh.
std::int64_t fraction_micros(std::string_view digits) {
  std::int64_t micros = 0;
  for (std::size_t i = 0; i < kFractionDigits; ++i) {
    micros = micros * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  const bool rounds_up = digits.size() > kFractionDigits && digits[kFractionDigits] >= '5';
  return micros + (rounds_up ? 1 : 0);
}

// Nothing where the text has an exponent or more digits than any moment on the wire.
std::optional<std::int64_t> plain_micros(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || whole.size() > kWholeDigitsMax) return std::nullopt;
  if (!is_digits(whole) || !is_digits(fraction)) return std::nullopt;
  const std::int64_t micros = *to_int64(whole) * kMicrosPerSecond + fraction_micros(fraction);
  return is_negative ? -micros : micros;
}

}  // namespace

EpochTime system_now() {
  return std::chrono::time_point_cast<EpochTime::duration>(std::chrono::system_clock::now());
}

EpochTime from_epoch_seconds(double seconds) {
  const double micros = std::round(seconds * static_cast<double>(kMicrosPerSecond));
  if (std::isnan(micros)) return at(0);
  if (micros <= static_cast<double>(kEarliest)) return at(kEarliest);
  if (micros >= static_cast<double>(kLatest)) return at(kLatest);
  return at(static_cast<std::int64_t>(micros));
}

double to_epoch_seconds(EpochTime time) {
  return static_cast<double>(time.time_since_epoch().count()) /
         static_cast<double>(kMicrosPerSecond);
}

EpochTime from_epoch_text(std::string_view seconds) {
  if (const auto micros = plain_micros(seconds)) return at(*micros);
  return from_epoch_seconds(to_double(seconds).value_or(0));
}

std::string to_epoch_text(EpochTime time) {
  std::string text;
  append_epoch_text(text, time);
  return text;
}

void append_epoch_text(std::string& out, EpochTime time) {
  const std::int64_t micros = time.time_since_epoch().count();
  std::int64_t fraction = std::abs(micros % kMicrosPerSecond);
  std::array<char, 32> text{};
  char* end = text.data();
  if (micros < 0) *end++ = '-';
  end = std::to_chars(end, text.data() + text.size(), std::abs(micros / kMicrosPerSecond)).ptr;
  if (fraction != 0) {
    *end = '.';
    for (std::size_t i = kFractionDigits; i > 0; --i, fraction /= 10) {
      end[i] = static_cast<char>('0' + fraction % 10);
    }
    end += kFractionDigits + 1;
    while (end[-1] == '0') --end;
  }
  out.append(text.data(), end);
}

}  // namespace sqlbus
