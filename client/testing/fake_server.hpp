// The socket of a fake, and the thread that serves it. What it serves is under a mutex, which the
// test's threads take as well.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "client/testing/fake_commands.hpp"
#include "client/testing/fake_store.hpp"
#include "client/testing/sqlbus_fake.hpp"
#include "daemon/process/temp_dir.hpp"
#include "daemon/process/unique_fd.hpp"

struct redisReader;

namespace sqlbus::fake {

class Server {
 public:
  // Throws std::runtime_error or std::system_error.
  Server();
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string socket() const { return folder_ / "redis.sock"; }

  // The store, for as long as this is held; whoever waits is served afterwards.
  class Access {
   public:
    explicit Access(Server& server) : server_(server), lock_(server.mutex_) {}
    ~Access() { server_.wake(); }
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;
    Store* operator->() { return &server_.store_; }

   private:
    Server& server_;
    std::unique_lock<std::mutex> lock_;
  };
  Access access() { return Access(*this); }

  bool wait_for_requests(std::size_t count, std::chrono::milliseconds limit);
  void break_next(Fake::Break when);
  void unplug();
  void plug();

 private:
  struct FreeReader {
    void operator()(redisReader* reader) const;
  };
  struct Connection {
    UniqueFd fd;
    std::unique_ptr<redisReader, FreeReader> reader;
    std::string out;
    std::size_t sent = 0;              // of `out`
    std::optional<BlockingPop> waits;  // what comes behind it waits too
    bool is_over = false;
  };

  void run();
  int wait_ms() const;
  void accept_one();
  void receive(Connection& connection);
  void serve(Connection& connection);
  void handle(Connection& connection, const Command& command);
  void serve_waiting(Connection& connection);
  static void flush(Connection& connection);
  UniqueFd listen() const;
  void wake() const;

  TempDir folder_;
  UniqueFd wakeup_;
  mutable std::mutex mutex_;  // of all below
  std::condition_variable arrived_;
  Store store_;
  UniqueFd listener_;  // none while it is unplugged
  std::list<Connection> connections_;
  std::deque<Fake::Break> breaks_;
  bool is_ending_ = false;
  std::thread thread_;  // last: it uses what is above
};

}  // namespace sqlbus::fake
