// Moments on the wire: microseconds since 1970, UTC.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace sqlbus {

using EpochTime = std::chrono::sys_time<std::chrono::microseconds>;

EpochTime system_now();

// Seconds since 1970 as a JSON number has them; out-of-range numbers end at the nearest moment
// that fits (year 0001 to 9999), what is no number at 1970.
EpochTime from_epoch_seconds(double seconds);
double to_epoch_seconds(EpochTime time);

// The same from and to the text of a JSON number. A double is too coarse for the microseconds of
// a far moment; the digits of the plain notation (1700000000.123456) are taken as they stand.
EpochTime from_epoch_text(std::string_view seconds);
std::string to_epoch_text(EpochTime time);
void append_epoch_text(std::string& out, EpochTime time);

}  // namespace sqlbus
