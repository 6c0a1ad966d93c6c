#include "daemon/redis/queue_store.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kPromoteMax = 1000;
// Of an envelope that is looked at before it is claimed.
constexpr const char* kHeadBytes = "16384";
// The facts of an instance outlive its lease by far, so that its successor still finds its
// connections, and so that they need to be written anew only now and then.
constexpr int kInstanceExpiryLeases = 20;

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// TIME's answer as elements `first` and `first + 1` of a script's.
EpochTime moment(ReplyView reply, std::size_t first) {
  return EpochTime(std::chrono::seconds(number(reply[first].text())) +
                   std::chrono::microseconds(number(reply[first + 1].text())));
}

Command views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

// Running together costs the innocent among them another lost delivery, which may not be the last.
std::size_t suspects_together(const LimitSettings& limits) {
  constexpr std::size_t kTogether = 16;
  return limits.deliveries_max >= 3 ? kTogether : 1;
}

// One to a line.
std::string database_names(const Settings& settings) {
  std::string names;
  for (const auto& database : settings.databases) {
    if (!database.is_removed) names += database.name + "\n";
  }
  return names;
}

// Of a waiting list; one that has been removed is not paused any more: what waits for it is
// refused.
std::string pausable_database(const Settings& settings, std::string_view origin) {
  const auto* database = settings.find_database(keys::waiting_database(origin));
  return database == nullptr ? "" : database->name;
}

OwnershipAnswer read_ownership(ReplyView reply) {
  OwnershipAnswer answer;
  if (reply.is_error()) {
    answer.error = reply.text();
    return answer;
  }
  const auto state = reply[0].text();
  answer.state = state == "owner"     ? OwnershipAnswer::State::kOwner
                 : state == "standby" ? OwnershipAnswer::State::kStandby
                                      : OwnershipAnswer::State::kFree;
  answer.now = moment(reply, 1);
  answer.fingerprint = reply[3].text();
  for (std::size_t i = 0; i < reply[4].size(); ++i) answer.clients.emplace_back(reply[4][i].text());
  answer.batches = reply[3].integer();
  answer.envelopes = reply[4].integer();
  for (std::size_t i = 0; i < reply[5].size(); ++i) answer.dead.emplace_back(reply[5][i].text());
  answer.oldest = reply[6].text();
  return answer;
}

ClaimAnswer read_claim(Reply reply) {
  ClaimAnswer answer;
  const auto view = reply.view();
  const auto state = view[0].text();
  if (view.is_error()) {
    answer.error = view.text();
  } else if (state == "ok" || state == "paused") {
    answer.state = state == "ok" ? ClaimAnswer::State::kOk : ClaimAnswer::State::kPaused;
    answer.deliveries = view[1].integer();
    answer.reply = std::move(reply);
  } else {
    answer.state = state == "lost"   ? ClaimAnswer::State::kLost
                   : state == "full" ? ClaimAnswer::State::kFull
                                     : ClaimAnswer::State::kSuspect;
  }
  return answer;
}

}  // namespace

QueueStore::QueueStore(RedisLink& link, const Settings& settings, const InstanceFacts& instance,
                       std::string queue)
    : link_(link),
      settings_(settings),
      instance_(instance),
      queue_(std::move(queue)),
      prefix_(keys::prefix(queue_)),
      owner_key_(keys::owner(queue_)),
      instance_key_(keys::instance(queue_, instance.id)),
      batches_key_(keys::batches(queue_)),
      deliveries_key_(keys::deliveries(queue_)),
      dead_key_(keys::dead(queue_)),
      delayed_key_(keys::delayed(queue_)),
      control_key_(keys::control(queue_)) {}

// ARGV of take_over.lua from the fourth on, of renew.lua from the fifth.
std::vector<std::string> QueueStore::facts(const std::string& clients) const {
  return {std::to_string(settings_.limits.lease.count() * kInstanceExpiryLeases),
          "host",
          instance_.host,
          "pid",
          std::to_string(::getpid()),
          "version",
          instance_.version,
          "started",
          instance_.started,
          "fingerprint",
          instance_.fingerprint,
          "file",
          instance_.file,
          "settings",
          instance_.settings,
          "reload",
          instance_.reload,
          "reloaded_at",
          instance_.reloaded_at,
          "databases",
          database_names(settings_),
          "run_id",
          link_.server().run_id,
          "status",
          instance_.status ? instance_.status().json : "",
          "clients",
          clients};
}

void QueueStore::ask_ownership(Script script, const Command& keys,
                               const std::vector<std::string>& more,
                               On<OwnershipAnswer> on_answer) {
  std::vector<std::string> arguments{instance_.id, std::to_string(settings_.limits.lease.count()),
                                     prefix_};
  arguments.insert(arguments.end(), more.begin(), more.end());
  link_.run(script, keys, views(arguments), [on_answer = std::move(on_answer)](Reply reply) {
    on_answer(read_ownership(reply.view()));
  });
}

void QueueStore::renew(const std::optional<std::string>& clients, On<OwnershipAnswer> on_answer) {
  std::vector<std::string> more{link_.server().run_id};
  if (clients) {
    const auto written = facts(*clients);
    more.insert(more.end(), written.begin(), written.end());
  }
  ask_ownership(Script::kRenew, {owner_key_, instance_key_, batches_key_}, more,
                std::move(on_answer));
}

void QueueStore::take_over(const std::string& clients, On<OwnershipAnswer> on_answer) {
  ask_ownership(Script::kTakeOver,
                {owner_key_, instance_key_, batches_key_, deliveries_key_, queue_}, facts(clients),
                std::move(on_answer));
}

void QueueStore::end_client(const std::string& client_id) {
  link_.send({"CLIENT", "KILL", "ID", client_id}, [](Reply) {});
}

void QueueStore::wake_client(const std::string& client_id) {
  link_.send({"CLIENT", "UNBLOCK", client_id, "ERROR"}, [](Reply) {});
}

void QueueStore::claim(const ClaimCommand& command, On<ClaimAnswer> on_answer) {
  const std::vector<std::string> arguments{instance_.id,
                                           std::to_string(command.count_max),
                                           std::to_string(command.bytes_max),
                                           command.is_idle ? "1" : "0",
                                           std::to_string(settings_.limits.dead_max),
                                           std::to_string(suspects_together(settings_.limits)),
                                           pausable_database(settings_, command.origin)};
  const auto source = command.origin.empty() ? queue_ : keys::origin_list(queue_, command.origin);
  link_.run(
      Script::kClaim,
      {owner_key_, source, command.batch, batches_key_, deliveries_key_, dead_key_, control_key_},
      views(arguments),
      [on_answer = std::move(on_answer)](Reply reply) { on_answer(read_claim(std::move(reply))); });
}

void QueueStore::head(On<std::string_view> on_answer) {
  link_.run(Script::kHead, {queue_}, {kHeadBytes}, [on_answer = std::move(on_answer)](Reply reply) {
    const auto envelope = reply.view();
    on_answer(envelope.is_error() || envelope.is_nil() ? "" : envelope.text());
  });
}

void QueueStore::tell_from_mark(const std::string& batch) {
  link_.send({"LSET", batch, "0", instance_.id + " "}, [](Reply) {});
}

void QueueStore::own_batches(On<std::vector<std::string>> on_answer) {
  const auto own_prefix = keys::inflight(queue_, instance_.id, "");
  link_.send({"SMEMBERS", batches_key_},
             [this, own_prefix, on_answer = std::move(on_answer)](Reply reply) {
               // Taken for an answer it would mean that Redis has lost everything.
               if (!reply.view().is_array()) return restart("SMEMBERS: no set");
               std::vector<std::string> names;
               for (std::size_t i = 0; i < reply.view().size(); ++i) {
                 const auto name = reply.view()[i].text();
                 if (name.starts_with(own_prefix)) names.emplace_back(name);
               }
               std::ranges::sort(names, {}, [&](std::string_view name) {
                 std::uint64_t sequence = 0;
                 name.remove_prefix(own_prefix.size());
                 std::from_chars(name.data(), name.data() + name.size(), sequence);
                 return sequence;
               });
               on_answer(std::move(names));
             });
}

void QueueStore::settle(const SettleCommand& command, On<SettleAnswer> on_answer) {
  Command keys{batches_key_, deliveries_key_, dead_key_, delayed_key_};
  keys.insert(keys.end(), command.batches.begin(), command.batches.end());
  std::vector<std::string> numbers;  // stable storage for what the arguments look at
  numbers.reserve(command.ranges.size() * 3 + command.positions.size() * 2 +
                  command.through.size() + 2);
  const auto as_text = [&numbers](std::size_t value) -> std::string_view {
    return numbers.emplace_back(std::to_string(value));
  };
  const auto response_expiry_ms = std::to_string(settings_.redis.response_timeout.count());
  Command arguments{instance_.id, prefix_, response_expiry_ms, command.letter_head,
                    as_text(command.ranges.size())};
  for (const auto& range : command.ranges) {
    arguments.insert(arguments.end(),
                     {as_text(range.batch + 1), as_text(range.first), as_text(range.last)});
  }
  arguments.push_back(as_text(command.positions.size()));
  for (const auto& item : command.positions) {
    arguments.insert(arguments.end(),
                     {as_text(item.batch + 1), as_text(item.position), item.channel, item.response,
                      item.dead_letter, item.delay_until, item.waiting_database});
  }
  for (const auto batch : command.through) arguments.push_back(as_text(batch + 1));
  link_.run(Script::kSettle, keys, arguments, [on_answer = std::move(on_answer)](Reply reply) {
    const auto view = reply.view();
    SettleAnswer answer;
    answer.is_ok = !view.is_error();
    if (!answer.is_ok) answer.error = view.text();
    answer.settled = view[0].integer();
    answer.delayed = view[2].integer();
    for (std::size_t i = 0; i < view[3].size(); ++i) {
      answer.remaining.emplace_back(view[3][i].text());
    }
    for (std::size_t i = 0; i < view[4].size(); ++i) {
      answer.refused_replies.push_back(static_cast<std::size_t>(view[4][i].integer()) - 1);
    }
    on_answer(std::move(answer));
  });
}

void QueueStore::promote(On<std::pair<std::int64_t, std::int64_t>> on_answer) {
  const std::vector<std::string> arguments{instance_.id, std::to_string(kPromoteMax)};
  link_.run(Script::kPromote, {owner_key_, delayed_key_, queue_}, views(arguments),
            [on_answer = std::move(on_answer)](Reply reply) {
              if (reply.view().is_error()) return on_answer({-1, -1});
              on_answer({reply.view()[0].integer(), reply.view()[1].integer()});
            });
}

void QueueStore::hand_back(On<HandBackAnswer> on_answer) {
  const std::vector<std::string> arguments{instance_.id, prefix_};
  link_.run(Script::kHandBack, {owner_key_, instance_key_, batches_key_, queue_}, views(arguments),
            [on_answer = std::move(on_answer)](Reply reply) {
              const auto view = reply.view();
              if (view.is_error()) return on_answer({.error = std::string(view.text())});
              on_answer({.requests = view.integer()});
            });
}

void QueueStore::give_back(const std::string& batch, On<std::int64_t> on_answer) {
  const std::vector<std::string> arguments{instance_.id, prefix_};
  link_.run(Script::kGiveBack, {owner_key_, batches_key_, queue_, batch}, views(arguments),
            [this, on_answer = std::move(on_answer)](Reply reply) {
              if (reply.view().is_error()) return restart(std::string(reply.view().text()));
              on_answer(reply.view().integer());
            });
}

void QueueStore::waiting_lengths(const std::vector<std::string>& databases,
                                 const On<std::vector<std::int64_t>>& on_answer) {
  auto lengths = std::make_shared<std::vector<std::int64_t>>();
  for (const auto& database : databases) {
    link_.send({"LLEN", keys::waiting(queue_, database)},
               [this, lengths, wanted = databases.size(), on_answer](Reply reply) {
                 if (reply.view().is_error()) return restart(std::string(reply.view().text()));
                 lengths->push_back(reply.view().integer());
                 if (lengths->size() == wanted) on_answer(*lengths);
               });
  }
}

void QueueStore::look_beside(On<bool> on_answer) {
  link_.send({"EXISTS", keys::replay(queue_), control_key_},
             [on_answer = std::move(on_answer)](Reply reply) {
               on_answer(reply.view().is_error() || reply.view().integer() > 0);
             });
}

void QueueStore::read_waiting(const std::string& database, std::int64_t first, std::int64_t count,
                              On<std::vector<std::string>> on_answer) {
  // The head is the right end.
  link_.send({"LRANGE", keys::waiting(queue_, database), std::to_string(-first - count),
              std::to_string(-first - 1)},
             [on_answer = std::move(on_answer)](Reply reply) {
               std::vector<std::string> envelopes;
               for (auto i = reply.view().size(); i > 0; --i) {
                 envelopes.emplace_back(reply.view()[i - 1].text());
               }
               on_answer(std::move(envelopes));
             });
}

void QueueStore::answer_waiting(const WaitingAnswer& waiting, On<bool> on_answer) {
  const auto list = keys::waiting(queue_, waiting.database);
  const auto response_expiry_ms = std::to_string(settings_.redis.response_timeout.count());
  const Command arguments{instance_.id, waiting.envelope, waiting.response, response_expiry_ms};
  link_.run(Script::kAnswerWaiting, {owner_key_, list, deliveries_key_, waiting.channel}, arguments,
            [on_answer = std::move(on_answer)](Reply reply) {
              on_answer(!reply.view().is_error() && reply.view().integer() == 1);
            });
}

void QueueStore::scan_batches(const std::string& cursor, On<ScanAnswer> on_answer) {
  const auto pattern = keys::glob_literal(prefix_ + "inflight:") + "*";
  const auto own_prefix = keys::inflight(queue_, instance_.id, "");
  link_.send({"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"},
             [own_prefix, on_answer = std::move(on_answer)](Reply reply) {
               ScanAnswer answer;
               if (reply.view()[0].is_text()) answer.cursor = reply.view()[0].text();
               const auto found = reply.view()[1];
               for (std::size_t i = 0; i < found.size(); ++i) {
                 if (found[i].text().starts_with(own_prefix)) continue;
                 answer.foreign.emplace_back(found[i].text());
               }
               on_answer(std::move(answer));
             });
}

void QueueStore::adopt(const std::string& batch, On<std::int64_t> on_answer) {
  const std::vector<std::string> arguments{instance_.id, prefix_};
  link_.run(Script::kAdopt, {owner_key_, batches_key_, deliveries_key_, queue_, batch},
            views(arguments),
            [on_answer = std::move(on_answer)](Reply reply) { on_answer(reply.view().integer()); });
}

}  // namespace sqlbus
