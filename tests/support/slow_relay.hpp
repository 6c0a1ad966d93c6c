// A unix socket in front of another one, whose answers come piece by piece.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

class SlowRelay {
 public:
  // Of what the server says at most `piece` bytes go on at a time, and then nothing for `gap`.
  SlowRelay(std::string server, std::size_t piece, std::chrono::milliseconds gap);
  ~SlowRelay();
  SlowRelay(const SlowRelay&) = delete;
  SlowRelay& operator=(const SlowRelay&) = delete;

  std::string socket() const { return dir_ / "relay.sock"; }

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    std::chrono::steady_clock::time_point next_at;
  };

  void run();
  void accept_one();
  bool forward(Pair& pair, bool has_question, bool has_answer);

  const std::string server_;
  const std::size_t piece_;
  const std::chrono::milliseconds gap_;
  TempDir dir_;
  int listener_ = -1;
  std::vector<Pair> pairs_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace sqlbus::test
