// What sqlbusd ends with; the numbers are those of init scripts (LSB), which systemd reads too.
#pragma once

namespace sqlbus::exit_code {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;         // could not start or run, or another one is running
inline constexpr int kUsage = 2;          // wrong flags
inline constexpr int kNotConfigured = 6;  // the configuration file is missing or has faults
inline constexpr int kNotRunning = 7;     // --kill found no daemon

}  // namespace sqlbus::exit_code
