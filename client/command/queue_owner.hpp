// The daemon that owns a queue, as Redis knows it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "client/redis_session.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// What the owner has written of itself: host, pid, version, databases …; "id" is its own. Empty
// where nobody owns the queue.
Result<std::map<std::string, std::string>> owner_facts(RedisSession& redis, std::string_view queue);

// Has the owner look now, and not in a few seconds only, for what operators have written beside the
// queue. Nothing happens where nobody owns it, or where Redis does not allow it (CLIENT UNBLOCK).
void wake_owner(RedisSession& redis, std::string_view queue);

}  // namespace sqlbus
