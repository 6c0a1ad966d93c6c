#include "client/testing/fake_commands.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "client/resp.hpp"

namespace sqlbus::fake {
namespace {

constexpr std::string_view kNil = "$-1\r\n";
constexpr std::string_view kNilArray = "*-1\r\n";
constexpr std::string_view kOk = "+OK\r\n";

std::string in_capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string integer(std::int64_t number) { return ":" + std::to_string(number) + "\r\n"; }

std::string bulk(std::string_view text) {
  std::string out;
  append_resp(out, text);
  return out;
}

std::string array(std::initializer_list<std::string_view> texts) {
  std::string out;
  append_resp(out, std::span(texts.begin(), texts.size()));
  return out;
}

std::string fault(const std::string& text) { return "-ERR " + text + "\r\n"; }

std::string wrong_number(const Command& command) {
  return fault("wrong number of arguments for '" + command.front() + "' command");
}

std::optional<End> end_of_push(const std::string& verb) {
  if (verb == "LPUSH") return End::kLeft;
  if (verb == "RPUSH") return End::kRight;
  return std::nullopt;
}

std::string time(const Store& store, const Command& /*command*/) {
  const auto now = store.now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
  return array({std::to_string(seconds.count()), std::to_string((now - seconds).count())});
}

std::string push(Store& store, const Command& command) {
  return integer(store.push(*end_of_push(in_capitals(command[0])), command[1],
                            {command.begin() + 2, command.end()}));
}

std::string pop(Store& store, const Command& command) {
  const auto end = in_capitals(command[0]) == "LPOP" ? End::kLeft : End::kRight;
  const auto element = store.pop(end, command[1]);
  return element ? bulk(*element) : std::string(kNil);
}

// EVAL script 1 queue LPUSH|RPUSH limit envelope …: the one script that clients have, which pushes
// only where no more than `limit` requests wait then.
std::string push_within(Store& store, const Command& command) {
  const bool is_known = command.size() > 6 && command[2] == "1" && end_of_push(command[4]);
  if (!is_known) return fault("the fake knows no such script");
  const auto limit = std::strtoll(command[5].c_str(), nullptr, 10);
  const auto count = static_cast<std::int64_t>(command.size()) - 6;
  if (store.length(command[3]) + count > limit) return integer(-1);
  return integer(
      store.push(*end_of_push(command[4]), command[3], {command.begin() + 6, command.end()}));
}

std::string del(Store& store, const Command& command) {
  const auto is_gone = [&](const std::string& name) { return store.remove(name); };
  return integer(std::count_if(command.begin() + 1, command.end(), is_gone));
}

// RESP 2 alone: who asks for 3 goes on with 2.
std::string hello(Store& /*store*/, const Command& command) {
  if (command.size() > 1 && command[1] != "2") return "-NOPROTO unsupported protocol version\r\n";
  return array({"server", "redis", "version", "7.0.0", "proto", "2"});
}

std::string ok(Store& /*store*/, const Command& /*command*/) { return std::string(kOk); }
std::string one(Store& /*store*/, const Command& /*command*/) { return integer(1); }
std::string ping(Store& /*store*/, const Command& /*command*/) { return "+PONG\r\n"; }
std::string length(Store& store, const Command& command) {
  return integer(store.length(command[1]));
}
std::string exists(Store& store, const Command& command) {
  return integer(store.length(command[1]) > 0 ? 1 : 0);
}

struct Row {
  std::string_view name;
  std::size_t words_min;
  std::string (*run)(Store& store, const Command& command);
};

constexpr std::array<Row, 18> kTable{
    {{"AUTH", 2, ok},
     {"CLIENT", 2, ok},
     {"DEL", 2, del},
     {"EVAL", 3, push_within},
     {"EXISTS", 2, exists},
     {"EXPIRE", 3, one},
     {"HELLO", 1, hello},
     {"LLEN", 2, length},
     {"LPOP", 2, pop},
     {"LPUSH", 3, push},
     {"PEXPIRE", 3, one},
     {"PING", 1, ping},
     {"QUIT", 1, ok},
     {"RPOP", 2, pop},
     {"RPUSH", 3, push},
     {"SELECT", 2, ok},
     {"TIME", 1, [](Store& store, const Command& command) { return time(store, command); }},
     {"UNLINK", 2, del}}};

}  // namespace

bool is_push(const Command& command) {
  const auto verb = in_capitals(command.front());
  return end_of_push(verb) || verb == "EVAL";
}

std::optional<BlockingPop> blocking_pop_of(const Command& command) {
  const auto verb = in_capitals(command.front());
  if ((verb != "BRPOP" && verb != "BLPOP") || command.size() < 3) return std::nullopt;
  BlockingPop pop{.end = verb == "BLPOP" ? End::kLeft : End::kRight,
                  .names = {command.begin() + 1, command.end() - 1},
                  .until = {}};
  double seconds = 0;
  const auto& limit = command.back();
  const auto parsed = std::from_chars(limit.data(), limit.data() + limit.size(), seconds);
  if (parsed.ec != std::errc{} || seconds < 0) return std::nullopt;
  if (seconds > 0) {
    pop.until = std::chrono::steady_clock::now() +
                std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                    std::chrono::duration<double>(seconds));
  }
  return pop;
}

std::optional<std::string> try_pop(Store& store, const BlockingPop& pop) {
  for (const auto& name : pop.names) {
    if (const auto element = store.pop(pop.end, name)) return array({name, *element});
  }
  return std::nullopt;
}

std::string_view nothing_popped() { return kNilArray; }

std::string execute(Store& store, const Command& command) {
  const auto verb = in_capitals(command.front());
  const auto* const row = std::find_if(
      kTable.begin(), kTable.end(), [&](const Row& candidate) { return candidate.name == verb; });
  if (row == kTable.end()) return fault("the fake does not know '" + command.front() + "'");
  if (command.size() < row->words_min) return wrong_number(command);
  return row->run(store, command);
}

}  // namespace sqlbus::fake
