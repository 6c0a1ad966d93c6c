// The requests by which small values are kept. Pure: who asks puts UUID, APP, RCHANNEL and the like
// into them.
//
// Moments are by the clock of Redis, which callers and bus share: not by a database's, of which
// several may hold the values, and which nobody but itself can see. `now` is when the caller asked.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "client/kv/kv_dialect.hpp"
#include "client/kv/kv_path.hpp"
#include "protocol/clock.hpp"
#include "protocol/request.hpp"

namespace sqlbus::kv {

inline constexpr std::size_t kValueBytesMax = std::size_t{16} << 20U;
inline constexpr std::int64_t kEntriesMax = 10'000;  // of one listing

Request probe_request(const std::optional<Path>& path);
// All statements that make the table.
Request create_request(const Speech& speech);
// One transaction, which also deletes some values whose time is over.
Request set_request(const Speech& speech, const Path& path, std::string_view value,
                    std::optional<EpochTime> expires, EpochTime now);
Request get_request(const Speech& speech, const Path& path, EpochTime now);
// AFFECTED is the number of values. `is_recursive`: and all below it.
Request delete_request(const Speech& speech, const Path& path, bool is_recursive, EpochTime now);
// Rows of one cell: names on the level below, folders with '/' behind them; recursive: whole paths.
// Without a path: the top.
Request list_request(const Speech& speech, const std::optional<Path>& path, bool is_recursive,
                     EpochTime now);
Request expiry_request(const Speech& speech, const Path& path, EpochTime now);
Request expire_request(const Speech& speech, const Path& path, std::optional<EpochTime> expires,
                       EpochTime now);

}  // namespace sqlbus::kv
