// Does the harm that the schedule says, and mends it again.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/chaos/schedule.hpp"
#include "tests/chaos/world.hpp"

namespace sqlbus::chaos {

// For the thread that made the world. After run() every server and daemon is up again.
class Killer {
 public:
  explicit Killer(World& world) : world_(world) {}

  void run(const std::vector<Wave>& waves);

  // How often which target was harmed; of both daemons each counts.
  const std::map<std::pair<Harm, Target>, int>& counts() const { return counts_; }
  int daemon_kills() const { return daemon_kills_; }
  // Daemons that ended without us.
  const std::vector<std::string>& deaths() const { return deaths_; }

 private:
  struct Step {
    std::chrono::milliseconds at{0};
    const Blow* blow = nullptr;
    bool is_end = false;
  };

  void spare_suspects(const Wave& wave);
  void run(const Wave& wave);
  void strike(const Blow& blow);
  void mend(const Blow& blow);
  void strike_daemons(const Blow& blow);
  void note_deaths();
  std::vector<std::size_t> daemons_of(Target target);

  World& world_;
  std::size_t owner_ = 0;  // when the wave began: Redis may be away when it is needed
  std::map<std::pair<Harm, Target>, int> counts_;
  int daemon_kills_ = 0;
  std::vector<std::string> deaths_;
};

}  // namespace sqlbus::chaos
