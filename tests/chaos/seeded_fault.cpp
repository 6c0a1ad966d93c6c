#include "tests/chaos/seeded_fault.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "protocol/dead_letter.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus::chaos {
namespace {

template <typename Condition>
std::vector<Pushed>::iterator find(std::vector<Pushed>& pushed, Condition condition) {
  const auto found = std::find_if(pushed.begin(), pushed.end(), condition);
  if (found == pushed.end()) throw std::runtime_error("too little was pushed to tamper with");
  return found;
}

std::vector<Pushed>::iterator find_insert(std::vector<Pushed>& pushed) {
  return find(pushed, [](const Pushed& p) { return p.kind == Kind::kInsert; });
}

std::string values_of(const Pushed& p) {
  return std::to_string(p.caller) + ", " + std::to_string(p.number);
}

void swap_two(Database& database, std::vector<Pushed>& pushed) {
  const auto first = find_insert(pushed);
  const auto second = std::find_if(first + 1, pushed.end(), [&](const Pushed& p) {
    return p.kind == Kind::kInsert && p.caller == first->caller;
  });
  if (second == pushed.end()) throw std::runtime_error("too little was pushed to tamper with");
  const std::string a = std::to_string(first->number);
  const std::string b = std::to_string(second->number);
  database.exec("update effects set number = case number when " + a + " then " + b + " else " + a +
                " end where caller = " + std::to_string(first->caller) + " and number in (" + a +
                ", " + b + ")");
}

void push_letter(World& world, const Pushed& pushed) {
  Request request;
  request.uuid = pushed.uuid;
  request.app = "chaos";
  request.statements.push_back({"select 1", {}});
  const std::string letter = encode_dead_letter({.id = pushed.uuid,
                                                 .request = encode_request(request),
                                                 .error = ErrorId::kDeliveriesExhausted,
                                                 .message = "seeded"});
  world.redis().command({"LPUSH", kDead, letter});
}

}  // namespace

void seed_fault(Fault fault, World& world, std::vector<Pushed>& pushed) {
  Database& database = world.database();
  switch (fault) {
    case Fault::kMissing:
      return database.exec("delete from effects where (caller, number) = (" +
                           values_of(*find_insert(pushed)) + ")");
    case Fault::kTwice:
      return database.exec("insert into effects (caller, number) values (" +
                           values_of(*find_insert(pushed)) + ")");
    case Fault::kOutOfOrder:
      return swap_two(database, pushed);
    case Fault::kUnanswered:
      find(pushed, [](const Pushed& p) {
        return is_sync(p.kind) && !p.has_deadline;
      })->answer.reset();
      return;
    case Fault::kWronglyDead:
      return push_letter(world, *find_insert(pushed));
    case Fault::kWrongAnswer:
    case Fault::kUnasked:
      throw std::runtime_error("this fault cannot be seeded");
  }
}

}  // namespace sqlbus::chaos
