#include "client/testing/fake_store.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "protocol/dead_letter.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus::fake {
namespace {

std::variant<Request, Refusal> decode(const std::string& envelope) {
  return decode_request(envelope, std::numeric_limits<std::size_t>::max());
}

Fake::Cell text_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      return std::nullopt;
    case Value::Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case Value::Kind::kInteger:
      return std::to_string(value.integer);
    default:
      return value.text.str();
  }
}

Fake::Request shown(const std::string& envelope) {
  Fake::Request out;
  out.envelope = envelope;
  const auto decoded = decode(envelope);
  const auto* request = std::get_if<Request>(&decoded);
  if (request == nullptr) return out;
  out.uuid = request->uuid.str();
  out.app = request->app.str();
  if (request->database) out.database = request->database->str();
  if (request->key) out.key = request->key->str();
  out.sync = request->sync;
  for (const auto& statement : request->statements) {
    auto& shown = out.statements.emplace_back();
    shown.sql = statement.sql.str();
    for (const auto& value : statement.params) shown.params.push_back(text_of(value));
  }
  return out;
}

}  // namespace

std::int64_t Store::push(End end, const std::string& name,
                         const std::vector<std::string>& elements) {
  auto& list = lists_[name];
  for (const auto& element : elements) {
    requests_.push_back(shown(element));
    requests_.back().queue = name;
    if (end == End::kLeft) {
      list.push_front(element);
    } else {
      list.push_back(element);
    }
  }
  const auto length = static_cast<std::int64_t>(list.size());
  if (std::find(queues_.begin(), queues_.end(), name) == queues_.end()) queues_.push_back(name);
  if (!is_paused_) run_queue(name);
  return length;
}

std::optional<std::string> Store::pop(End end, const std::string& name) {
  const auto found = lists_.find(name);
  if (found == lists_.end()) return std::nullopt;
  auto& list = found->second;
  std::string element = std::move(end == End::kLeft ? list.front() : list.back());
  if (end == End::kLeft) {
    list.pop_front();
  } else {
    list.pop_back();
  }
  if (list.empty()) lists_.erase(found);
  return element;
}

std::int64_t Store::length(const std::string& name) const {
  const auto found = lists_.find(name);
  return found == lists_.end() ? 0 : static_cast<std::int64_t>(found->second.size());
}

void Store::resume() {
  is_paused_ = false;
  for (const auto& queue : queues_) run_queue(queue);
}

void Store::advance(std::chrono::milliseconds time) {
  clock_.set(clock_.now() + time);
  while (!delayed_.empty() && delayed_.begin()->first <= clock_.now()) {
    const auto envelope = delayed_.extract(delayed_.begin()).mapped();
    const auto decoded = decode(envelope);
    run(std::get<Request>(decoded), envelope);
  }
}

void Store::run_queue(const std::string& name) {
  while (const auto envelope = pop(End::kRight, name)) take(*envelope);
}

void Store::take(const std::string& envelope) {
  const auto decoded = decode(envelope);
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) {
    settle(database_.refuse(envelope, *refusal), shown(envelope));
    return;
  }
  const auto& request = std::get<Request>(decoded);
  if (request.not_before && *request.not_before > clock_.now()) {
    delayed_.emplace(*request.not_before, envelope);
  } else {
    run(request, envelope);
  }
}

void Store::run(const Request& request, const std::string& envelope) {
  if (failures_.empty()) return settle(database_.run(request, envelope), shown(envelope));
  const auto failure = std::move(failures_.front());
  failures_.pop_front();
  settle(database_.fail(request, envelope, failure), shown(envelope));
}

void Store::settle(const Outcome& outcome, const Fake::Request& request) {
  if (!outcome.channel.empty()) lists_[outcome.channel].push_front(outcome.response);
  if (outcome.dead_letter.empty()) return;
  const auto letter = decode_dead_letter(outcome.dead_letter);
  if (!letter) return;  // it is of our own making
  dead_.push_back({.request = request,
                   .failure = {.error_id = static_cast<std::int32_t>(letter->error),
                               .message = letter->message,
                               .sqlstate = letter->sqlstate}});
}

}  // namespace sqlbus::fake
