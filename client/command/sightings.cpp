#include "client/command/sightings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>
#include <variant>

#include "client/command/letter.hpp"
#include "client/command/rehearsal.hpp"
#include "daemon/session/ledger_table.hpp"
#include "protocol/keys.hpp"
#include "protocol/ledger_entry.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus {
namespace {

constexpr std::int64_t kChunk = 1000;

// KEYS: deliveries; ARGV: envelope
constexpr std::string_view kLostDeliveries =
    "return redis.call('HGET', KEYS[1], redis.sha1hex(ARGV[1])) or '0'";

// The request, where the envelope is it. Most envelopes do not even hold the UUID's text.
std::optional<Request> request_in(const std::string& envelope, const std::string& uuid) {
  if (envelope.find(uuid) == std::string::npos) return std::nullopt;
  auto decoded = decode_request(envelope, std::numeric_limits<std::size_t>::max());
  auto* request = std::get_if<Request>(&decoded);
  if (request == nullptr || request->uuid != uuid) return std::nullopt;
  return std::move(*request);
}

EpochTime sequence_time(std::string_view sequence) {
  std::int64_t value = 0;
  std::from_chars(sequence.data(), sequence.data() + sequence.size(), value, 16);
  return EpochTime(std::chrono::microseconds(value));
}

}  // namespace

Status QueueSearch::look() {
  if (auto status = look_at_list(keys::replay(queue_), "to_be_replayed", {}); !status)
    return status;
  if (auto status = look_at_delayed(); !status) return status;
  if (auto status = look_at_list(queue_, "queued", {}); !status) return status;
  if (auto status = look_at_waiting(); !status) return status;
  if (auto status = look_in_flight(); !status) return status;
  if (auto status = look_at_dead(); !status) return status;
  channels_.push_back(uuid_);  // what the client libraries use
  std::sort(channels_.begin(), channels_.end());
  channels_.erase(std::unique(channels_.begin(), channels_.end()), channels_.end());
  for (const auto& channel : channels_) {
    if (auto status = look_at_answer(channel); !status) return status;
  }
  return Done{};
}

Status QueueSearch::each_in_list(const std::string& key, const OnRequest& on_request) {
  for (std::int64_t at = 0;; at += kChunk) {
    const auto first = std::to_string(-at - kChunk);
    const auto last = std::to_string(-at - 1);
    auto chunk = redis_.command({"LRANGE", key, first, last});
    if (!chunk) return std::move(chunk).error();
    const auto size = chunk->elements.size();
    if (size == 0) return Done{};
    for (std::size_t i = 0; i < size; ++i) {
      const auto& envelope = chunk->elements[size - 1 - i].text;
      const auto request = request_in(envelope, uuid_);
      if (!request) continue;
      if (!request->rchannel.empty()) channels_.push_back(request->rchannel.str());
      auto status = on_request(*request, envelope, static_cast<std::size_t>(at) + i);
      if (!status) return status;
    }
  }
}

Status QueueSearch::look_at_list(const std::string& key, const std::string& state,
                                 std::vector<std::pair<std::string, std::string>> facts) {
  return each_in_list(key,
                      [&](const Request&, const std::string& envelope, std::size_t at) -> Status {
                        auto lost = lost_deliveries(envelope);
                        if (!lost) return std::move(lost).error();
                        Sighting sighting{state, facts};
                        sighting.facts.emplace_back("queue", queue_);
                        sighting.facts.emplace_back("requests_before_it", std::to_string(at));
                        if (*lost != "0") sighting.facts.emplace_back("deliveries_lost", *lost);
                        found_.push_back(std::move(sighting));
                        return Done{};
                      });
}

Status QueueSearch::look_at_waiting() {
  const auto prefix = keys::waiting(queue_, "");
  const auto pattern = keys::glob_literal(prefix) + "*";
  std::string cursor = "0";
  do {
    auto step = redis_.command({"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"});
    if (!step) return std::move(step).error();
    cursor = (*step)[0].text;
    for (const auto& key : (*step)[1].elements) {
      auto status =
          look_at_list(key.text, "waiting", {{"database", key.text.substr(prefix.size())}});
      if (!status) return status;
    }
  } while (cursor != "0" && !cursor.empty());
  return Done{};
}

Status QueueSearch::look_at_delayed() {
  constexpr std::size_t kSequenceSize = 16;
  const auto key = keys::delayed(queue_);
  std::string cursor = "0";
  do {
    auto step = redis_.command({"ZSCAN", key, cursor, "COUNT", "1000"});
    if (!step) return std::move(step).error();
    cursor = (*step)[0].text;
    const auto& members = (*step)[1].elements;
    for (std::size_t i = 0; i + 1 < members.size(); i += 2) {
      if (members[i].text.size() < kSequenceSize) continue;
      const auto request = request_in(members[i].text.substr(kSequenceSize), uuid_);
      if (!request) continue;
      const double until_s = std::strtod(members[i + 1].text.c_str(), nullptr);
      const EpochTime until(std::chrono::microseconds(static_cast<std::int64_t>(until_s * 1e6)));
      found_.push_back({"delayed", {{"queue", queue_}, {"until", to_local_text(until)}}});
    }
  } while (cursor != "0" && !cursor.empty());
  return Done{};
}

Status QueueSearch::look_in_flight() {
  auto batches = redis_.command({"SMEMBERS", keys::batches(queue_)});
  if (!batches) return std::move(batches).error();
  for (const auto& batch : batches->elements) {
    if (auto status = look_at_batch(batch.text); !status) return status;
  }
  return Done{};
}

Status QueueSearch::look_at_batch(const std::string& key) {
  const auto name = keys::parse_inflight(queue_, key);
  return each_in_list(key, [&](const Request&, const std::string& envelope, std::size_t) -> Status {
    auto lost = lost_deliveries(envelope);
    if (!lost) return std::move(lost).error();
    const std::string instance(name.instance_id);
    auto facts = redis_.command({"HMGET", keys::instance(queue_, instance), "host", "pid"});
    if (!facts) return std::move(facts).error();
    Sighting sighting{"in_flight",
                      {{"queue", queue_},
                       {"since", to_local_text(sequence_time(name.sequence))},
                       {"instance", instance}}};
    if (!(*facts)[0].is_nil()) {
      sighting.facts.emplace_back("host", (*facts)[0].text);
      sighting.facts.emplace_back("pid", (*facts)[1].text);
    }
    if (!name.origin.empty()) sighting.facts.emplace_back("from", name.origin.substr(1));
    sighting.facts.emplace_back("deliveries_lost", *lost);
    found_.push_back(std::move(sighting));
    return Done{};
  });
}

Status QueueSearch::look_at_dead() {
  const auto key = keys::dead(queue_);
  for (std::int64_t at = 0;; at += kChunk) {
    const auto first = std::to_string(at);
    const auto last = std::to_string(at + kChunk - 1);
    auto chunk = redis_.command({"LRANGE", key, first, last});
    if (!chunk) return std::move(chunk).error();
    if (chunk->elements.empty()) return Done{};
    for (auto& element : chunk->elements) {
      if (element.text.find(uuid_) == std::string::npos) continue;
      const auto letter = read_letter(std::move(element.text));
      if (!letter || letter->uuid != uuid_) continue;
      if (letter->request && !letter->request->rchannel.empty()) {
        channels_.push_back(letter->request->rchannel.str());
      }
      found_.push_back({"dead",
                        {{"queue", queue_},
                         {"id", letter->dead.id},
                         {"at", to_local_text(letter->dead.failed_at)},
                         {"error", std::to_string(static_cast<int>(letter->dead.error)) + " " +
                                       error_name(letter->dead.error)},
                         {"sqlstate", letter->dead.sqlstate},
                         {"message", letter->dead.message}}});
    }
  }
}

Status QueueSearch::look_at_answer(const std::string& channel) {
  auto kind = redis_.command({"TYPE", channel});
  if (!kind) return std::move(kind).error();
  if (kind->text != "list") return Done{};
  auto responses = redis_.command({"LRANGE", channel, "0", "99"});
  if (!responses) return std::move(responses).error();
  auto expiry = redis_.command({"PTTL", channel});
  if (!expiry) return std::move(expiry).error();
  for (const auto& element : responses->elements) {
    const auto response = decode_response(element.text);
    if (!response || response->uuid != uuid_ || response->dbtype.empty()) continue;
    found_.push_back({"answered",
                      {{"channel", channel},
                       {"fetched", "no"},
                       {"expires_in_s", std::to_string(expiry->integer / 1000)},
                       {"error", std::to_string(response->error_id)},
                       {"message", response->message}}});
  }
  return Done{};
}

Result<std::string> QueueSearch::lost_deliveries(const std::string& envelope) {
  const auto key = keys::deliveries(queue_);
  const std::array<std::string_view, 1> keys{key};
  const std::array<std::string_view, 1> arguments{envelope};
  auto lost = redis_.run(kLostDeliveries, keys, arguments);
  if (!lost) return std::move(lost).error();
  return lost->text;
}

std::vector<Sighting> look_in_ledgers(const Settings& settings, const std::string& uuid) {
  std::vector<Sighting> found;
  for (const auto& database : settings.databases) {
    if (!database.exactly_once) continue;
    auto session = open_session(settings, database);
    if (!session) {
      found.push_back(
          {"unknown", {{"database", database.name}, {"reason", session.error().message}}});
      continue;
    }
    LedgerTable table(*session);
    const auto id = ledger_id_of(uuid);
    std::vector<LedgerRow> rows;
    if (!table.is_supported() || table.lookup({&id, 1}, rows)) continue;
    for (const auto& row : rows) {
      const auto at = to_local_text(EpochTime(std::chrono::microseconds(row.applied_at_us)));
      Sighting sighting{row.is_failure() ? "failed" : "applied",
                        {{"database", database.name}, {"at", at}}};
      if (row.is_failure()) {
        sighting.facts.emplace_back("sqlstate", row.sqlstate);
        sighting.facts.emplace_back("message", row.message);
      } else if (!row.answer.empty()) {
        sighting.facts.emplace_back("first_answer", row.answer);
      }
      found.push_back(std::move(sighting));
    }
  }
  return found;
}

}  // namespace sqlbus
