// Who may claim from a queue: looks, takes over, renews. Loop thread.
//
//            link up             nobody owns it           taken
//   kOffline ───────> kLooking ───────────────> kTaking ─────────> kOwner ──┐ renews each
//      ^                 ^  │ each second          │                 │  ^   │ third of the
//      │ link down       │  └─ somebody owns it    │ was faster      │  └───┘ lease
//      └─────────────────┴─────────────────────────┴─────────────────┘ somebody else owns it
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/bus_clock.hpp"
#include "daemon/intake/lease.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/queue_store.hpp"

namespace sqlbus {

class Ownership {
 public:
  enum class State : std::uint8_t { kOffline, kLooking, kTaking, kOwner };
  struct Events {
    // Owner from now on, or again. What is in Redis may have changed: the lease begins with
    // confirm(), when that has been looked through.
    std::function<void()> on_owned;
    std::function<void()> on_renewed;
    // Another instance owns the queue: all that was claimed before is its.
    std::function<void()> on_lost;
    // Before on_owned: requests were taken from dead owners.
    std::function<void(const OwnershipAnswer&)> on_taken;
  };

  Ownership(EventLoop& loop, QueueStore& store, BusClock& clock, Log& log, const Settings& settings,
            const InstanceFacts& instance, Events events);

  void link_up();
  void link_down();
  // The ids of our connections have changed: tells Redis before they are used.
  void set_clients(std::string clients);
  void confirm();
  // The facts of ours have changed: tells Redis, and compares them with the owner's again.
  void tell_again();
  // A script said that we are not the owner: look again at once.
  void doubt();
  // Acts for the queue no more, for good; what Redis holds is to be handed back.
  void stop();

  State state() const { return state_; }
  bool is_owner() const { return state_ == State::kOwner; }
  // When the lease was asked for last, by running_time().
  std::chrono::nanoseconds asked_at() const { return asked_at_; }
  // Redis knows our connections: a successor could end them.
  bool has_told() const { return told_ == clients_; }
  const std::shared_ptr<Lease>& lease() const { return lease_; }

 private:
  void enter(State state);
  void look();
  // What the next renewal has to write beside the lease: our connections, with the other facts of
  // ours, or nothing.
  std::optional<std::string> news(std::uint64_t mark) const;
  std::uint64_t status_mark() const;
  struct Telling {
    std::string clients;
    std::uint64_t mark = 0;
    std::uint64_t untold = 0;
    std::chrono::nanoseconds sent_at{};
  };
  void told(const Telling& telling);
  void take(const OwnershipAnswer& look);
  void answered(const OwnershipAnswer& answer, std::chrono::nanoseconds sent_at);
  void own(std::chrono::nanoseconds sent_at);
  void stand_by(const OwnershipAnswer& answer);

  QueueStore& store_;
  BusClock& clock_;
  Log& log_;
  milliseconds length_;
  const InstanceFacts& instance_;
  Events events_;
  std::string clients_;
  std::optional<std::string> told_;  // the clients that Redis has said to know
  // Counts what has made told_ void: an answer to what was sent before does not tell of it.
  std::uint64_t untold_ = 0;
  std::chrono::nanoseconds told_at_{};
  std::uint64_t told_mark_ = 0;  // of the status that Redis has
  std::chrono::nanoseconds asked_at_{};
  std::shared_ptr<Lease> lease_ = std::make_shared<Lease>();
  State state_ = State::kOffline;
  std::chrono::nanoseconds owned_since_{};  // when what made us owner was sent
  bool is_confirmed_ = false;
  bool is_stopped_ = false;
  bool was_owner_ = false;  // before the connection was lost
  std::string logged_fault_;
  bool is_standby_logged_ = false;
  bool is_fingerprint_logged_ = false;
  Timer timer_;
};

}  // namespace sqlbus
