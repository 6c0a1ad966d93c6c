// Another thread that cancels a session's statement.
#pragma once

#include <atomic>
#include <thread>

#include "tests/conformance/abi_session.hpp"

namespace sqlbus::test {

// Cancels again and again, as the statement may not have begun at the first time, until it ends.
class Canceller {
 public:
  explicit Canceller(AbiSession& session)
      : thread_([this, &session] {
          while (!is_done_) {
            session.cancel();
            std::this_thread::yield();
          }
        }) {}
  ~Canceller() {
    is_done_ = true;
    thread_.join();
  }
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;

 private:
  std::atomic<bool> is_done_{false};
  std::thread thread_;
};

}  // namespace sqlbus::test
