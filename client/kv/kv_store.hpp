// Small values by key: a table on a configured database, reached through the bus. One thread at a
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/kv/kv_dialect.hpp"
#include "client/kv/kv_path.hpp"
#include "protocol/clock.hpp"
#include "protocol/request.hpp"
#include "protocol/response.hpp"
#include "protocol/result.hpp"

namespace sqlbus::kv {

// How a store reaches the bus.
struct Way {
  // Sends a SYNC request, which it completes (UUID, APP, DATABASE, …), and waits for its response.
  // An error: none came.
  std::function<Result<Response>(Request& request)> ask;
  std::function<Result<EpochTime>()> now;  // by the clock of Redis
};

struct Listing {
  std::vector<std::string> names;  // by the order of bytes
  bool has_more = false;           // than kEntriesMax
};

// A value that is there, and until when.
struct Expiry {
  std::optional<std::chrono::microseconds> left;  // nothing: it does not expire
};

// The table sqlbus_kv is made when a value is set and it is missing; to those who read there is
// nothing then.
class Store {
 public:
  using Lifetime = std::optional<std::chrono::milliseconds>;

  explicit Store(Way way) : way_(std::move(way)) {}

  // Makes the table where it is missing.
  Status create();
  // At most kValueBytesMax bytes, of any kind. A Lifetime of nothing: for ever.
  Status set(const Path& path, std::string_view value, Lifetime lifetime);
  // Nothing where there is none.
  Result<std::optional<std::string>> get(const Path& path);
  // How many values are gone.
  Result<std::int64_t> remove(const Path& path, bool is_recursive);
  // Without a path: the top, which is in no order with what callers do below.
  Result<Listing> list(const std::optional<Path>& path, bool is_recursive);
  Result<std::optional<Expiry>> expiry(const Path& path);
  // False where there is none.
  Result<bool> expire(const Path& path, Lifetime lifetime);

 private:
  struct Moment {
    EpochTime now;
    const Speech* speech;
  };

  Result<Moment> begin(const std::optional<Path>& path);
  Result<Response> ask(Request request);

  Way way_;
  std::optional<Speech> speech_;
};

}  // namespace sqlbus::kv
