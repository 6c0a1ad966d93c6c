// Finds the lane of a request. Loop thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
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
  // One database's lanes. A blocking query whose caller has nothing else under way runs in `aside`,
  // where there is one, while its lane is busy. Without it all goes by the lanes: whether the
  // database is up is theirs to say.
  struct Lanes {
    std::vector<std::unique_ptr<Lane>> lanes;  // empty: there is no such database any more
    std::unique_ptr<Lane> aside;
  };
  using MakeLanes = std::function<Lanes()>;

  // A database gets lanes, by its place in the settings: at once where it had none. Otherwise what
  // is under way ends in those it has; what comes meanwhile is held, see try_hold().
  void set_lanes(std::size_t database, MakeLanes make);
  // How many requests a change of its lanes waits for.
  std::size_t ending(std::size_t database) const {
    return databases_[database].make_next ? databases_[database].under_way : 0;
  }
  bool has_lanes(std::size_t database) const { return !databases_[database].outboxes.empty(); }
  void set_limits(const Lane::Limits& limits);
  // Lanes that were replaced go when their sessions are closed.
  void remove_ended();
  bool has_leaving() const { return !leaving_.empty(); }
  bool has_aside(std::size_t database) const {
    return databases_[database].aside.has_value() && !databases_[database].make_next;
  }
  // Whether it has to wait, for a query of its caller that runs aside or for other lanes; then it
  // comes out of ended() or take_held().
  bool try_hold(Admitted& admitted);
  // epoch: of the direct way, 0 for what came from a waiting list or a replay. The lane gets it
  // with the next flush(), together with all that comes meanwhile; a query aside begins at once.
  void route(Admitted admitted, std::uint32_t epoch);
  void flush();
  // It has come back from its lane. What was held for it may go on.
  std::vector<Admitted> ended(const Delivery& delivery);
  std::vector<Admitted> take_held();
  // All lanes of a database are connected, and not about to be replaced. One without lanes is: what
  // waits for it has to be refused.
  bool is_up(std::size_t database) const;
  // How the lanes of a database are, the one aside last; none where it was removed.
  struct LaneView {
    std::string name;  // "0", "1", … or "query"
    Lane::Reach reach = Lane::Reach::kUnknown;
    std::size_t requests = 0;  // it has before it
    std::string fault;
  };
  std::vector<LaneView> lanes_of(std::size_t database) const;
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
    std::size_t under_way = 0;
    MakeLanes make_next{};         // these lanes end with what is under way
    std::vector<Admitted> held{};  // for the next ones

    Outbox& outbox_of(const Delivery& delivery) {
      return delivery.is_aside ? *aside : outboxes[delivery.order % outboxes.size()];
    }
    bool may_go_aside(const Job& job);
  };

  template <typename Visitor>
  void for_each_outbox(Visitor visit);
  void replace_lanes(Database& database);

  std::vector<Database> databases_;
  std::vector<std::unique_ptr<Lane>> leaving_;  // stopped, and not through yet
};

}  // namespace sqlbus
