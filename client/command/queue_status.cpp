#include "client/command/queue_status.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

class Reading {
 public:
  // `databases`: nullptr where those that are waited for are to be found.
  Reading(RedisSession& redis, const std::string& queue, const std::vector<std::string>* databases)
      : redis_(redis), databases_(databases) {
    status_.queue = queue;
  }

  Result<QueueStatus> read() {
    const auto& queue = status_.queue;
    for (auto&& step : {read_time(), read_owner(), read_number("LLEN", queue, status_.depth),
                        read_number("ZCARD", keys::delayed(queue), status_.delayed),
                        read_number("LLEN", keys::dead(queue), status_.dead_letters),
                        read_number("LLEN", keys::replay(queue), status_.replays), read_batches(),
                        read_waiting(), read_hash(keys::control(queue), status_.control)}) {
      if (!step) return step.error();
    }
    return std::move(status_);
  }

 private:
  Status read_time() {
    const auto time = redis_.command({"TIME"});
    if (!time) return time.error();
    status_.now = EpochTime(std::chrono::seconds(std::atoll((*time)[0].text.c_str())) +
                            std::chrono::microseconds(std::atoll((*time)[1].text.c_str())));
    return Done{};
  }

  Status read_number(std::string_view command, const std::string& key, std::int64_t& number) {
    const auto answer = redis_.command({command, key});
    if (!answer) return answer.error();
    number = answer->integer;
    return Done{};
  }

  Status read_hash(const std::string& key, std::map<std::string, std::string>& fields) {
    const auto answer = redis_.command({"HGETALL", key});
    if (!answer) return answer.error();
    const auto& elements = answer->elements;
    for (std::size_t i = 0; i + 1 < elements.size(); i += 2) {
      fields[elements[i].text] = elements[i + 1].text;
    }
    return Done{};
  }

  Status read_owner() {
    const auto key = keys::owner(status_.queue);
    const auto id = redis_.command({"GET", key});
    if (!id) return id.error();
    if (id->is_nil()) return Done{};
    const auto left = redis_.command({"PTTL", key});
    if (!left) return left.error();
    QueueStatus::Owner owner{.instance = id->text,
                             .lease_left_s = static_cast<double>(left->integer) / 1000.0};
    auto hash = read_hash(keys::instance(status_.queue, owner.instance), owner.facts);
    if (!hash) return hash;
    owner.status = std::exchange(owner.facts["status"], {});
    owner.facts.erase("status");
    status_.owner = std::move(owner);
    return Done{};
  }

  // A name may be there before its batch is.
  Status read_batches() {
    const auto names = redis_.command({"SMEMBERS", keys::batches(status_.queue)});
    if (!names) return names.error();
    std::vector<std::string_view> command{"EXISTS"};
    for (const auto& name : names->elements) command.emplace_back(name.text);
    if (command.size() == 1) return Done{};
    const auto answer = redis_.command(RedisSession::Arguments(command));
    if (!answer) return answer.error();
    status_.batches = answer->integer;
    return Done{};
  }

  // Also of databases that are not configured any more.
  Status read_waiting() {
    if (databases_ != nullptr) return read_waiting_for(*databases_);
    const auto prefix = keys::waiting(status_.queue, "");
    const auto pattern = keys::glob_literal(prefix) + "*";
    std::string cursor = "0";
    do {
      const auto step = redis_.command({"SCAN", cursor, "MATCH", pattern, "COUNT", "10000"});
      if (!step) return step.error();
      cursor = (*step)[0].text;
      for (const auto& key : (*step)[1].elements) {
        auto& count = status_.waiting[key.text.substr(prefix.size())];
        if (auto read = read_number("LLEN", key.text, count); !read) return read;
      }
    } while (cursor != "0" && !cursor.empty());
    return Done{};
  }

  // An empty list is none.
  Status read_waiting_for(const std::vector<std::string>& databases) {
    for (const auto& database : databases) {
      std::int64_t count = 0;
      auto read = read_number("LLEN", keys::waiting(status_.queue, database), count);
      if (!read) return read;
      if (count > 0) status_.waiting[database] = count;
    }
    return Done{};
  }

  RedisSession& redis_;
  const std::vector<std::string>* databases_;
  QueueStatus status_;
};

}  // namespace

Result<QueueStatus> read_queue_status(RedisSession& redis, const std::string& queue) {
  return Reading(redis, queue, nullptr).read();
}

Result<QueueStatus> read_queue_status(RedisSession& redis, const std::string& queue,
                                      const std::vector<std::string>& databases) {
  return Reading(redis, queue, &databases).read();
}

void write_json(JsonWriter& json, const QueueStatus& status) {
  json.open(JsonContainer::kObject).name("queue").string(status.queue);
  json.name("at").moment(status.now);
  json.name("depth").integer(status.depth).name("delayed").integer(status.delayed);
  json.name("dead_letters").integer(status.dead_letters).name("replays").integer(status.replays);
  json.name("batches_in_flight").integer(status.batches);
  json.name("waiting").open(JsonContainer::kObject);
  for (const auto& [database, count] : status.waiting) json.name(database).integer(count);
  json.close(JsonContainer::kObject).name("control").open(JsonContainer::kObject);
  for (const auto& [field, value] : status.control) json.name(field).string(value);
  json.close(JsonContainer::kObject).name("owner");
  if (!status.owner) {
    json.null();
  } else {
    json.open(JsonContainer::kObject).name("instance").string(status.owner->instance);
    json.name("lease_left_s").number(status.owner->lease_left_s);
    for (const auto& field : {"host", "pid", "version", "started"}) {
      const auto found = status.owner->facts.find(field);
      json.name(field).string(found == status.owner->facts.end() ? "" : found->second);
    }
    json.name("status");
    if (is_json(status.owner->status)) {
      json.raw(status.owner->status);
    } else {
      json.null();
    }
    json.close(JsonContainer::kObject);
  }
  json.close(JsonContainer::kObject);
}

}  // namespace sqlbus
