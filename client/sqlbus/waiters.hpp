// Threads that wait for the answers to queries which another thread has sent.
#pragma once

#include <sqlbus.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "error.hpp"
#include "result.hpp"

namespace sqlbus {
inline namespace v0 {
namespace detail {

struct CloseHandle {
  void operator()(sqlbus_handle* handle) const { sqlbus_close(handle); }
};
using Handle = std::unique_ptr<sqlbus_handle, CloseHandle>;

struct ForgetQuery {
  void operator()(sqlbus_pending* query) const { sqlbus_query_forget(query); }
};
using Pending = std::unique_ptr<sqlbus_pending, ForgetQuery>;

// A Redis that cannot be reached now is no failure: the calls to come try again.
inline Handle open(const std::string& url, const sqlbus_options& options) {
  sqlbus_handle* raw = nullptr;
  const int code = sqlbus_open(url.c_str(), &options, &raw);
  Handle handle(raw);
  if (code != SQLBUS_E_CONNECT) expect(code, raw);
  return handle;
}

inline std::uint32_t to_ms(std::chrono::milliseconds duration) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (duration.count() < 0) throw ArgumentError("a time is less than 0", {});
  return static_cast<std::uint32_t>(std::min<std::int64_t>(duration.count(), kMost));
}

// Up to `threads_max` of them, made when they are needed, each with a connection of its own. The
// destructor waits for the answers that are still to come, each until its own timeout.
class Waiters {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Waiters(std::string url, const sqlbus_options& options, std::size_t threads_max)
      : url_(std::move(url)),
        queue_(options.queue == nullptr ? "" : options.queue),
        app_(options.app == nullptr ? "" : options.app),
        options_(options),
        threads_max_(std::max<std::size_t>(threads_max, 1)) {
    options_.queue = queue_.empty() ? nullptr : queue_.c_str();
    options_.app = app_.empty() ? nullptr : app_.c_str();
  }
  Waiters(const Waiters&) = delete;
  Waiters& operator=(const Waiters&) = delete;
  ~Waiters() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::future<Result> wait_for(Pending query, TimePoint end) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({.query = std::move(query), .end = end, .answer = {}});
    std::future<Result> answer = jobs_.back().answer.get_future();
    if (idle_ < jobs_.size() && threads_.size() < threads_max_) start_thread();
    wake_.notify_one();
    return answer;
  }

 private:
  struct Job {
    Pending query;
    TimePoint end;
    std::promise<Result> answer;
  };

  // Without another thread those that there are do the work.
  void start_thread() {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::exception&) {
      if (threads_.empty()) throw;
    }
  }

  void work() noexcept {
    Handle handle;
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      wake_.wait(lock, [&] { return is_ending_ || !jobs_.empty(); });
      --idle_;
      if (jobs_.empty()) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      const bool is_over = is_ending_ && std::chrono::steady_clock::now() >= job.end;
      lock.unlock();
      answer(job, handle, is_over);
      lock.lock();
    }
  }

  void answer(Job& job, Handle& handle, bool is_over) noexcept {
    try {
      if (is_over) throw Timeout("no answer in time", {.code = SQLBUS_E_TIMEOUT});
      if (handle == nullptr) handle = open(url_, options_);
      sqlbus_result* raw = nullptr;
      const int code = sqlbus_query_wait(handle.get(), job.query.release(), &raw);
      Result result(raw);
      expect(code, handle.get(), raw);
      job.answer.set_value(std::move(result));
    } catch (...) {
      job.answer.set_exception(std::current_exception());
    }
  }

  const std::string url_;
  const std::string queue_;
  const std::string app_;
  sqlbus_options options_;
  const std::size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool is_ending_ = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace sqlbus
