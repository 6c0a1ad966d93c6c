// The requests a lane has before it, in the order in which they run: those of a higher queue
// first, those of one queue as they were claimed.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "daemon/lane/job.hpp"

namespace sqlbus {

class Backlog {
 public:
  explicit Backlog(std::size_t queues) : queues_(queues) {}

  void add(Job job) { queues_[job.admitted.delivery.batch->queue].push_back(std::move(job)); }
  // The jobs whose turn it is, or null where there is none at all.
  std::deque<Job>* turn() {
    for (auto& queue : queues_) {
      if (!queue.empty()) return &queue;
    }
    return nullptr;
  }

  // Takes out every job for which `predicate` holds.
  template <typename Predicate>
  std::vector<Job> extract(Predicate predicate) {
    std::vector<Job> out;
    for (auto& queue : queues_) {
      std::deque<Job> kept;
      for (auto& job : queue) {
        if (predicate(job)) {
          out.push_back(std::move(job));
        } else {
          kept.push_back(std::move(job));
        }
      }
      queue = std::move(kept);
    }
    return out;
  }

  template <typename Visitor>
  void for_each(Visitor visit) {
    for (auto& queue : queues_) {
      for (auto& job : queue) visit(job);
    }
  }
  template <typename Visitor>
  void for_each(Visitor visit) const {
    for (const auto& queue : queues_) {
      for (const auto& job : queue) visit(job);
    }
  }

 private:
  std::vector<std::deque<Job>> queues_;
};

}  // namespace sqlbus
