// Claims from all queues, the highest first, while there is room. Loop thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/intake/queue_intake.hpp"

namespace sqlbus {

class Intake {
 public:
  struct Events {
    std::function<void(Delivery)> on_delivery;
    std::function<void()> on_delivered;  // after the last of those that came together
    // Of an envelope that has not been claimed: a query with a way of its own while lanes are full.
    std::function<bool(std::string_view envelope)> is_query;
    std::function<void(std::size_t queue)> on_queue_added;  // by a reload, before it is opened
  };

  Intake(const QueueIntake::House& house, Events events);

  void open();
  // These are the queues now, the highest first. New ones are opened; those that are not among them
  // any more are left: what is in flight of them ends, then they are handed back.
  void set_queues(const std::vector<std::string>& names);
  void control_up();
  void control_down();
  // Deliveries are done with: settled, or not to be settled by us. Makes room, and uses it.
  void release(std::span<Delivery> deliveries);
  // Deliveries come back that were not begun: they are not ours to settle, or go back to where they
  // came from.
  void release_untouched(std::span<Delivery> deliveries);
  // Nothing is left to do for it but to settle it: there is room for another one.
  void end(Delivery& delivery);
  // Something that was waited for may have come: takes the next steps.
  void step_all();
  void stop();

  // In their places, which they keep: also those that have been left.
  std::vector<std::unique_ptr<QueueIntake>>& queues() { return queues_; }
  const std::vector<std::unique_ptr<QueueIntake>>& queues() const { return queues_; }
  // A queue of ours, or a key of the bus beside one; also of one that is just being left.
  bool has_key(std::string_view key) const;
  // The places of those that have not been left.
  std::vector<std::size_t> present() const;
  // By operators: all the queues that are ours.
  bool is_paused() const;
  std::size_t inflight() const { return inflight_; }
  std::size_t inflight_of(std::size_t queue) const { return inflight_of_queue_[queue]; }
  std::size_t inflight_bytes() const { return inflight_bytes_; }

 private:
  std::optional<std::size_t> place_of(const std::string& name) const;
  std::size_t add_queue(const std::string& name);
  void leave_if_through(std::size_t queue);
  ClaimRoom room_of(std::size_t queue);
  ClaimRoom feed_room_of(std::size_t queue) const;
  bool others_want_idle(std::size_t queue) const;
  void close(Delivery& delivery);
  void deliver(std::vector<Delivery> deliveries);
  bool is_query(std::string_view envelope);
  bool may_dispatch(const Delivery& delivery) const;
  void open(const Delivery& delivery);
  void deliver_held();

  const QueueIntake::House house_;
  const LimitSettings& limits_;
  Events events_;
  bool is_open_ = false;
  std::size_t inflight_ = 0;
  std::vector<std::size_t> ahead_of_queue_;     // claimed from it and not ended
  std::vector<std::size_t> inflight_of_queue_;  // its part of inflight_
  std::size_t inflight_bytes_ = 0;
  const Batch* probation_ = nullptr;  // suspects are in flight, and nothing else
  std::deque<Delivery> held_;         // came while a suspect was running
  milliseconds look_period_;
  Timer look_;  // at a queue whose lanes are full
  bool is_look_due_ = false;
  bool is_stopped_ = false;
  std::vector<std::unique_ptr<QueueIntake>> queues_;
  std::vector<std::size_t> by_rank_;  // places of those that are not left, the highest first
};

}  // namespace sqlbus
