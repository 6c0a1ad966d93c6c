// One caller: a sequence of requests, drawn from a seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "protocol/request.hpp"
#include "tests/chaos/evidence.hpp"
#include "tests/chaos/options.hpp"
#include "tests/chaos/redis_line.hpp"
#include "tests/chaos/stop_bell.hpp"

namespace sqlbus::chaos {

class Caller {
 public:
  struct Identity {
    int number = 0;
    std::uint64_t seed = 0;
    Store store = Store::kSqlite;
    bool is_plain = false;
  };

  Caller(Identity identity, std::string redis_socket);

  // Pushes until the bell rings. Throws std::runtime_error where Redis stays away.
  void run(StopBell& bell, std::vector<Pushed>& out);

 private:
  struct Draw {
    Request request;
    Pushed pushed;
  };

  int random(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  Kind draw_kind();
  Draw draw();
  void write_statements(Draw& draw);
  // Puts it on the queue, waits for its answer where it has one; returns the queue's length.
  std::int64_t hand_over(Draw& draw);
  void learn(const Pushed& pushed);

  const Identity identity_;
  std::mt19937_64 random_;
  RedisLine line_;
  int next_number_ = 1;
  int certain_ = 0;  // the last own number whose effect is due without any DEADLINE
};

}  // namespace sqlbus::chaos
