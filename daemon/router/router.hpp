// Finds the lane of a request. Loop thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lane/lane.hpp"
#include "daemon/router/order_book.hpp"

namespace sqlbus {

// A pure function of the request, the same for requests that keep their order among each other:
// those of one KEY, or without KEY of one APP and PID. Of several lanes it chooses one.
std::size_t order_of(const Request& request);

class Router {
 public:
  // One database's lanes, by the index of the database in the settings. A blocking query whose
  // caller has nothing else under way runs in `aside`, where there is one, while its lane is busy.
  // Without it all goes by the lanes: whether the database is up is theirs to say.
  using Lanes = std::vector<std::unique_ptr<Lane>>;

  void add(Lanes lanes, std::unique_ptr<Lane> aside);
  bool has_aside(std::size_t database) const { return databases_[database].aside.has_value(); }
  // Whether it has to wait for a query of its caller that runs aside; then it comes out of ended()
  // or take_held().
  bool try_hold(Admitted& admitted);
  // epoch: of the direct way, 0 for what came from a waiting list or a replay. The lane gets it
  // with the next flush(), together with all that comes meanwhile; a query aside begins at once.
  void route(Admitted admitted, std::uint32_t epoch);
  void flush();
  // It has come back from its lane. What was held for it may go on.
  std::vector<Admitted> ended(const Delivery& delivery);
  std::vector<Admitted> take_held();
  // All lanes of a database are connected.
  bool is_up(std::size_t database) const;
  void end_sessions_of(const std::string& instance);
  // Every lane has tried to connect; those that could not are named in `down`.
  bool has_tried(std::vector<std::string>& down) const;
  void stop();
  void cancel();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Outbox {
    std::unique_ptr<Lane> lane;
    std::vector<Job> jobs{};
    std::size_t under_way = 0;
    TimePoint moved_at{};  // when the first of these began, or the last one before it ended
  };
  struct Database {
    std::vector<Outbox> outboxes;  // one for each lane
    std::optional<Outbox> aside;
    OrderBook orders{};

    Outbox& outbox_of(const Delivery& delivery) {
      return delivery.is_aside ? *aside : outboxes[delivery.order % outboxes.size()];
    }
    bool may_go_aside(const Job& job);
  };

  template <typename Visitor>
  void for_each_outbox(Visitor visit);

  std::vector<Database> databases_;
};

}  // namespace sqlbus
