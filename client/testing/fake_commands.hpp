// The commands of Redis that clients of the bus use, on a fake's store. One thread at a time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/testing/fake_store.hpp"

namespace sqlbus::fake {

using Command = std::vector<std::string>;

// BRPOP or BLPOP: whoever asked waits for one of the lists until then.
struct BlockingPop {
  End end = End::kRight;
  std::vector<std::string> names;
  std::optional<std::chrono::steady_clock::time_point> until;  // nothing: for ever
};

bool is_push(const Command& command);
// A blocking pop, if it is one and is well formed.
std::optional<BlockingPop> blocking_pop_of(const Command& command);
// What it pops; nothing where there is nothing yet.
std::optional<std::string> try_pop(Store& store, const BlockingPop& pop);
// The reply where nothing came.
std::string_view nothing_popped();

// The reply, as RESP.
std::string execute(Store& store, const Command& command);

}  // namespace sqlbus::fake
