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
  void add(Job job) {
    const auto queue = job.admitted.delivery.batch->queue;
    if (queue >= queues_.size()) queues_.resize(queue + 1);
    queues_[queue].push_back(std::move(job));
  }
  // The jobs whose turn it is, or null where there is none at all. Those of one queue stay in their
  // order, also where a reload has given it another rank meanwhile.
  Turn* turn() {
    Turn* first = nullptr;
    for (auto& queue : queues_) {
      if (!queue.empty() && (first == nullptr || rank_of(queue) < rank_of(*first))) first = &queue;
    }
    return first;
  }

  // Takes out every job for which `predicate` holds.
  template <typename Predicate>
  std::vector<Job> extract(Predicate predicate) {
    std::vector<Job> out;
    for (auto& queue : queues_) {
      Turn kept;
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
  static std::size_t rank_of(const Turn& queue) {
    return queue.front().admitted.delivery.batch->rank;
  }

  // By the queue's place. A deque of them: a group at work looks into one while another is added.
  std::deque<Turn> queues_;
};

}  // namespace sqlbus
