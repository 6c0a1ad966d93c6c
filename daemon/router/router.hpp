// Finds the lane of a request. Loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/lane/lane.hpp"

namespace sqlbus {

// The lane is a pure function of the request: requests of one KEY, or without KEY of one APP and
// PID, on one database always meet in the same lane, and so keep their order.
std::size_t lane_of(const Request& request, std::size_t lanes);

class Router {
 public:
  // One database's lanes, by the index of the database in the settings.
  using Lanes = std::vector<std::unique_ptr<Lane>>;

  void add(Lanes lanes);
  // epoch: of the direct way, 0 for what came from a waiting list or a replay. The lane gets it
  // with the next flush(), together with all that comes meanwhile.
  void route(Admitted admitted, std::uint32_t epoch);
  void flush();
  // All lanes of a database are connected.
  bool is_up(std::size_t database) const;
  void end_sessions_of(const std::string& instance);
  // Every lane has tried to connect; those that could not are named in `down`.
  bool has_tried(std::vector<std::string>& down) const;
  void stop();
  void cancel();

 private:
  struct Outbox {
    Lane* lane = nullptr;
    std::vector<Job> jobs{};
  };

  std::vector<Lanes> databases_;
  std::vector<std::vector<Outbox>> outboxes_;  // like databases_
};

}  // namespace sqlbus
