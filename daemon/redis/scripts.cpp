#include "daemon/redis/scripts.hpp"

#include <string_view>

#include "lua_texts.hpp"  // made by the build from scripts/*.lua

namespace sqlbus {
namespace {

struct Row {
  std::string_view prelude;
  std::string_view body;
};

// In the order of Script.
constexpr Row kTable[kScriptCount] = {
    {lua::return_batch, lua::renew},     {lua::return_batch, lua::take_over},
    {lua::return_batch, lua::hand_back}, {lua::return_batch, lua::adopt},
    {lua::return_batch, lua::give_back}, {"", lua::claim},
    {lua::reply, lua::settle},           {"", lua::promote},
    {lua::reply, lua::answer_waiting},   {"", lua::head},
};

}  // namespace

std::string script_text(Script script, bool has_flags) {
  const auto& row = kTable[static_cast<std::size_t>(script)];
  std::string text = has_flags ? "#!lua flags=allow-oom\n" : "";
  return text.append(row.prelude).append(row.body);
}

}  // namespace sqlbus
