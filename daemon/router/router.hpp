// Finds the lane of a request. Loop thread.
#pragma once

#include <cstddef>
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

  void add(Lanes lanes) { databases_.push_back(std::move(lanes)); }
  void route(Admitted admitted);
  // Every lane has tried to connect; those that could not are named in `down`.
  bool has_tried(std::vector<std::string>& down) const;
  void stop();
  void cancel();

 private:
  std::vector<Lanes> databases_;
};

}  // namespace sqlbus
