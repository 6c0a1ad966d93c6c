// Many callers at once, each an APP and PID of its own, that push and note what they pushed.
#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/chaos/evidence.hpp"
#include "tests/chaos/options.hpp"
#include "tests/chaos/stop_bell.hpp"

namespace sqlbus::chaos {

class Callers {
 public:
  // Starts them; what they push follows from the seed, when they push does not.
  Callers(const Options& options, const std::string& redis_socket);
  // Lets each end the request at hand, with its answer. To be called once; throws
  // std::runtime_error where one of them had to give up.
  std::vector<Pushed> stop();
  ~Callers();
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

 private:
  struct Result {
    std::vector<Pushed> pushed;
    std::string failure;
  };

  void join();

  StopBell bell_;
  std::vector<Result> results_;
  std::vector<std::thread> threads_;
};

}  // namespace sqlbus::chaos
