// The daemon's event loop, by libuv. Loop thread only, but for Wakeup::notify().
#pragma once

#include <chrono>
#include <functional>

#include "daemon/process/unique_fd.hpp"

struct uv_loop_s;

namespace sqlbus {

// Owns the loop. Everything that lives on it is to be destroyed before it; the destructor then
// runs the loop until the last handle has said that it is closed.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void run();   // until stop()
  void stop();  // ends run() after the callback at hand
  uv_loop_s* raw() { return loop_; }

 private:
  uv_loop_s* loop_;
};

// Calls back once after a while, or again and again.
class Timer {
 public:
  Timer(EventLoop& loop, std::function<void()> on_fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start(std::chrono::milliseconds after);  // anew where it runs already
  void start_every(std::chrono::milliseconds period);
  void stop();
  bool is_active() const;

 private:
  struct Handle;
  Handle* handle_;  // freed by its close callback, which outlives this object
};

// Brings another thread's news to the loop: notify() may be called from any thread.
class Wakeup {
 public:
  Wakeup(EventLoop& loop, std::function<void()> on_wakeup);
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void notify();

 private:
  struct Handle;
  Handle* handle_;
};

// Calls back each time that the loop has done what there was to do, before it waits.
class BeforeWait {
 public:
  BeforeWait(EventLoop& loop, std::function<void()> on_wait);
  ~BeforeWait();
  BeforeWait(const BeforeWait&) = delete;
  BeforeWait& operator=(const BeforeWait&) = delete;

 private:
  struct Handle;
  Handle* handle_;
};

// Calls back whenever a socket can be read, between start() and stop().
class SocketWatch {
 public:
  SocketWatch(EventLoop& loop, std::function<void()> on_readable);
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  // The socket stays open until stop(); false where it cannot be watched.
  bool start(int socket);
  void stop();

 private:
  struct Handle;
  UniqueFd set_;
  Handle* handle_;   // null where the system gave none
  int socket_ = -1;  // while it watches
};

// Calls back for each signal of one number.
class SignalWatcher {
 public:
  SignalWatcher(EventLoop& loop, int signal_number, std::function<void()> on_signal);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace sqlbus
