#include "client/command/queue_owner.hpp"

#include <array>
#include <sstream>

#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

// KEYS: owner; ARGV: prefix. Returns the owner's id, then its facts: field, value …
constexpr std::string_view kOwnerFacts = R"(
local owner = redis.call('GET', KEYS[1])
if not owner then return {} end
local facts = redis.call('HGETALL', ARGV[1] .. 'instance:' .. owner)
return {'id', owner, unpack(facts)}
)";

}  // namespace

Result<std::map<std::string, std::string>> owner_facts(RedisSession& redis,
                                                       std::string_view queue) {
  const auto owner = keys::owner(queue);
  const auto prefix = keys::prefix(queue);
  const std::array<std::string_view, 1> keys{owner};
  const std::array<std::string_view, 1> arguments{prefix};
  auto answer = redis.run(kOwnerFacts, keys, arguments);
  if (!answer) return std::move(answer).error();
  std::map<std::string, std::string> facts;
  for (std::size_t i = 0; i + 1 < answer->elements.size(); i += 2) {
    facts[answer->elements[i].text] = answer->elements[i + 1].text;
  }
  return facts;
}

// Of the owner's connections one waits for requests, unless it has other work: the others cannot be
// unblocked. Another process of the server may have given the same ids to others.
void wake_owner(RedisSession& redis, std::string_view queue) {
  const auto facts = owner_facts(redis, queue);
  const auto info = redis.command({"INFO", "server"});
  if (!facts || !info || !facts->contains("run_id")) return;
  if (info->text.find("run_id:" + facts->at("run_id")) == std::string::npos) return;
  std::istringstream clients(facts->contains("clients") ? facts->at("clients") : "");
  for (std::string id; std::getline(clients, id, ',');) {
    if (!redis.command({"CLIENT", "UNBLOCK", id, "ERROR"})) return;
  }
}

}  // namespace sqlbus
