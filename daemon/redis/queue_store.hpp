// What the daemon asks of Redis for one queue, in types. Loop thread. Handlers are not called when
// the connection is lost before the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/redis/link.hpp"
#include "protocol/clock.hpp"

namespace sqlbus {

// How this daemon is, for an operator.
struct StatusNote {
  std::string json;
  std::uint64_t mark = 0;  // another one where more than the time has changed
};

// Who this daemon is, as it stands beside a queue's lease.
struct InstanceFacts {
  std::string id;  // fresh and random at each start
  std::string host;
  std::string version;
  std::string fingerprint;        // of the configured databases
  std::string started;            // seconds since 1970
  std::string file = {};          // of the configuration, with its whole path
  std::string settings = {};      // in force, see settings_text()
  std::string reload = "0 none";  // the last: "<number> taken" or "… refused", then its report
  std::string reloaded_at = "0";  // boot_time() in ns before its file was read
  std::function<StatusNote()> status = {};  // asked for with each renewal
};

struct OwnershipAnswer {
  enum class State : std::uint8_t { kOwner, kStandby, kFree, kError };
  State state = State::kError;
  EpochTime now{};                   // the clock of Redis
  std::string fingerprint;           // kStandby: of the owner's databases
  std::vector<std::string> clients;  // kFree: connections of dead owners, to be ended first
  std::int64_t batches = 0;          // given back by a take-over, with their envelopes
  std::int64_t envelopes = 0;
  std::vector<std::string> dead;  // ids of the owners they were taken from
  std::string oldest;             // sequence of the oldest of these batches, or empty
  std::string error;
};

struct ClaimAnswer {
  enum class State : std::uint8_t { kOk, kLost, kFull, kSuspect, kPaused, kError };
  State state = State::kError;
  std::int64_t deliveries = 0;  // lost ones, where these are suspects
  Reply reply{nullptr};         // owns the envelopes
  std::string error;

  ReplyView envelopes() const { return reply.view()[2]; }
  // What operators have paused, as field, value …; nil where a batch was read back.
  ReplyView control() const { return reply.view()[3]; }
};

struct HandBackAnswer {
  std::int64_t requests = 0;
  std::string error;  // why Redis refused
};

// One position of a batch and all that follows from it; empty texts: nothing of that.
struct SettledPosition {
  std::size_t batch = 0;  // index into SettleCommand::batches
  std::size_t position = 0;
  std::string channel;
  std::string response;
  std::string dead_letter;
  std::string delay_until;  // seconds since 1970
  std::string waiting_database;
};

// Neighbouring positions from which nothing follows.
struct SettledRange {
  std::size_t batch = 0;  // index into SettleCommand::batches
  std::size_t first = 0;
  std::size_t last = 0;
};

struct SettleCommand {
  std::vector<std::string> batches;
  std::vector<SettledRange> ranges;
  std::vector<SettledPosition> positions;  // the others
  std::vector<std::size_t> through;        // indexes of batches whose last position this is
  std::string letter_head;  // JSON: the beginning of a dead letter made by the script
};

struct SettleAnswer {
  bool is_ok = false;
  std::int64_t settled = 0;
  std::vector<std::size_t> refused_replies;  // of those in command.positions, the places
  std::int64_t delayed = 0;
  std::vector<std::string> remaining;  // of the batches that should be through, those that are not
  std::string error;
};

struct ScanAnswer {
  std::string cursor = "0";          // "0": the round is through
  std::vector<std::string> foreign;  // batches of other instances
};

class QueueStore {
 public:
  template <typename T>
  using On = std::function<void(T)>;

  QueueStore(RedisLink& link, const Settings& settings, const InstanceFacts& instance,
             std::string queue);

  const std::string& queue() const { return queue_; }
  // The queue itself, or a key of the bus beside it.
  bool has_key(std::string_view key) const { return key == queue_ || key.starts_with(prefix_); }
  bool is_up() const { return link_.is_up(); }
  void restart(std::string reason) { link_.restart(std::move(reason)); }

  // clients: ids of all our connections for this queue, so that a successor can end them. Nothing:
  // they stand there with the other facts of ours, and stay.
  void renew(const std::optional<std::string>& clients, On<OwnershipAnswer> on_answer);
  void take_over(const std::string& clients, On<OwnershipAnswer> on_answer);
  void end_client(const std::string& client_id);
  // Ends what it waits for. Nothing happens where Redis does not allow it.
  void wake_client(const std::string& client_id);
  struct ClaimCommand {
    std::string batch;
    std::size_t count_max = 0;  // 0: only reads back what lies under that name
    std::size_t bytes_max = 0;
    bool is_idle = false;
    std::string origin = {};  // the list to claim from, "": the queue
  };
  void claim(const ClaimCommand& command, On<ClaimAnswer> on_answer);
  // The envelope that would be claimed next; none where nothing is there, or only a large one.
  void head(On<std::string_view> on_answer);
  // The one envelope of a batch equals our id, which marks what is settled: a blank behind it makes
  // the difference.
  void tell_from_mark(const std::string& batch);
  // Names of the batches that Redis has registered as ours, the oldest first.
  void own_batches(On<std::vector<std::string>> on_answer);
  void settle(const SettleCommand& command, On<SettleAnswer> on_answer);
  // {promoted, milliseconds until the next one is due, or -1}; promoted is -1 where nothing could
  // be done.
  void promote(On<std::pair<std::int64_t, std::int64_t>> on_answer);
  void hand_back(On<HandBackAnswer> on_answer);
  // Gives one batch of ours back to the head of where it came from.
  void give_back(const std::string& batch, On<std::int64_t> on_answer);
  // How many requests wait for each of these databases.
  void waiting_lengths(const std::vector<std::string>& databases,
                       const On<std::vector<std::int64_t>>& on_answer);
  // Whether there may be requests that were sent again, or something that an operator has paused.
  void look_beside(On<bool> on_answer);
  // Requests that wait, from the `first`-th one on, in the order in which they will be taken.
  void read_waiting(const std::string& database, std::int64_t first, std::int64_t count,
                    On<std::vector<std::string>> on_answer);
  struct WaitingAnswer {
    std::string database;
    std::string envelope;
    std::string channel;
    std::string response;
  };
  // Answers a request where it still waits; whether it did.
  void answer_waiting(const WaitingAnswer& waiting, On<bool> on_answer);
  void scan_batches(const std::string& cursor, On<ScanAnswer> on_answer);
  // Gives back a batch of an instance that owns the queue no more; the number of its envelopes.
  void adopt(const std::string& batch, On<std::int64_t> on_answer);

 private:
  std::vector<std::string> facts(const std::string& clients) const;
  void ask_ownership(Script script, const Command& keys, const std::vector<std::string>& more,
                     On<OwnershipAnswer> on_answer);

  RedisLink& link_;
  const Settings& settings_;
  const InstanceFacts& instance_;
  std::string queue_;
  std::string prefix_;
  std::string owner_key_, instance_key_, batches_key_, deliveries_key_, dead_key_, delayed_key_,
      control_key_;
};

}  // namespace sqlbus
