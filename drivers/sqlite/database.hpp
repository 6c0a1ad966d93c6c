// One connection to a database file, with the waits that a lock or a long statement causes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

struct sqlite3;

namespace sqlbus::sqlite {

// Belongs to one thread; cancel() may come from another.
class Database {
 public:
  struct Settings {
    std::string path;  // of the file, or ":memory:" for a database that ends with the connection
    std::chrono::milliseconds busy_timeout{};
  };

  explicit Database(Settings settings);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* get() const { return handle_.get(); }
  bool is_in_memory() const { return settings_.path == ":memory:"; }

  // Opens the file anew: nothing that statements left in the connection outlives it. All
  // statements are to be finalized before.
  void reopen();

  // Runs one of our own statements, which has no parameters.
  void run(const char* sql);

  // To be called before each statement: earlier cancels are forgotten, the time limit begins.
  void start_clock();
  void set_time_limit(std::chrono::milliseconds limit);
  bool is_over() const;  // cancelled, or over the time limit

  void cancel() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  struct Close {
    void operator()(sqlite3* db) const noexcept;
  };
  using Handle = std::unique_ptr<sqlite3, Close>;

  Handle open();
  void set_wal(sqlite3* db);
  bool wait_for_lock(int attempt);
  static int on_busy(void* self, int attempt) noexcept;
  static int on_progress(void* self) noexcept;

  Settings settings_;
  std::chrono::milliseconds time_limit_{0};  // 0: none
  Clock::time_point started_{};
  Clock::time_point busy_since_{};
  std::atomic<bool> is_cancelled_{false};
  std::mutex handle_mutex_;  // between reopen() and cancel()
  Handle handle_;
};

}  // namespace sqlbus::sqlite
