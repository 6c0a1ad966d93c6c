#include "daemon/loop/event_loop.hpp"

#include <sys/epoll.h>
#include <uv.h>

#include <cassert>
#include <utility>

namespace sqlbus {
namespace {

// A handle on the heap with the function it forwards to. libuv calls the close callback some turns
// after the owner has gone; until then the handle must stay where it is.
template <typename UvHandle>
struct Held {
  UvHandle uv;
  std::function<void()> on_event;

  // Calls a copy: the callback may destroy the owner, and so replace on_event.
  static void forward(UvHandle* handle) noexcept {
    const auto event = static_cast<Held*>(handle->data)->on_event;
    event();
  }

  void close() {
    on_event = [] {};
    uv_close(reinterpret_cast<uv_handle_t*>(&uv),
             [](uv_handle_t* handle) noexcept { delete static_cast<Held*>(handle->data); });
  }
};

}  // namespace

EventLoop::EventLoop() : loop_(new uv_loop_t) {
  const int result = uv_loop_init(loop_);
  assert(result == 0);
  (void)result;
}

EventLoop::~EventLoop() {
  uv_run(loop_, UV_RUN_DEFAULT);  // only close callbacks are left
  const int result = uv_loop_close(loop_);
  assert(result == 0);
  (void)result;
  delete loop_;
}

void EventLoop::run() { uv_run(loop_, UV_RUN_DEFAULT); }

void EventLoop::stop() { uv_stop(loop_); }

struct Timer::Handle : Held<uv_timer_t> {};

Timer::Timer(EventLoop& loop, std::function<void()> on_fire) : handle_(new Handle) {
  handle_->on_event = std::move(on_fire);
  uv_timer_init(loop.raw(), &handle_->uv);
  handle_->uv.data = static_cast<Held<uv_timer_t>*>(handle_);
}

Timer::~Timer() { handle_->close(); }

void Timer::start(std::chrono::milliseconds after) {
  uv_update_time(handle_->uv.loop);
  const auto ms = after.count() < 0 ? 0 : after.count();
  uv_timer_start(&handle_->uv, &Held<uv_timer_t>::forward, static_cast<std::uint64_t>(ms), 0);
}

void Timer::start_every(std::chrono::milliseconds period) {
  const auto ms = static_cast<std::uint64_t>(period.count());
  uv_update_time(handle_->uv.loop);
  uv_timer_start(&handle_->uv, &Held<uv_timer_t>::forward, ms, ms);
}

void Timer::stop() { uv_timer_stop(&handle_->uv); }

bool Timer::is_active() const {
  return uv_is_active(reinterpret_cast<const uv_handle_t*>(&handle_->uv)) != 0;
}

struct Wakeup::Handle : Held<uv_async_t> {};

Wakeup::Wakeup(EventLoop& loop, std::function<void()> on_wakeup) : handle_(new Handle) {
  handle_->on_event = std::move(on_wakeup);
  uv_async_init(loop.raw(), &handle_->uv, &Held<uv_async_t>::forward);
  handle_->uv.data = static_cast<Held<uv_async_t>*>(handle_);
}

Wakeup::~Wakeup() { handle_->close(); }

void Wakeup::notify() { uv_async_send(&handle_->uv); }

struct BeforeWait::Handle : Held<uv_prepare_t> {};

BeforeWait::BeforeWait(EventLoop& loop, std::function<void()> on_wait) : handle_(new Handle) {
  handle_->on_event = std::move(on_wait);
  uv_prepare_init(loop.raw(), &handle_->uv);
  handle_->uv.data = static_cast<Held<uv_prepare_t>*>(handle_);
  uv_prepare_start(&handle_->uv, &Held<uv_prepare_t>::forward);
}

BeforeWait::~BeforeWait() { handle_->close(); }

// The loop watches an epoll set of this watch's own, always; start() and stop() put a socket in and
// take it out. A uv_poll handle on the socket itself would have to be made anew each time: one that
// stayed would, when it is closed, take the number of its socket out of the loop's watch,
// whosesoever it is by then.
struct SocketWatch::Handle : Held<uv_poll_t> {};

SocketWatch::SocketWatch(EventLoop& loop, std::function<void()> on_readable)
    : set_(epoll_create1(EPOLL_CLOEXEC)), handle_(new Handle) {
  handle_->on_event = std::move(on_readable);
  handle_->uv.data = static_cast<Held<uv_poll_t>*>(handle_);
  const bool is_watched =
      set_.get() >= 0 && uv_poll_init(loop.raw(), &handle_->uv, set_.get()) == 0 &&
      uv_poll_start(&handle_->uv, UV_READABLE, [](uv_poll_t* handle, int, int) noexcept {
        Held<uv_poll_t>::forward(handle);
      }) == 0;
  if (!is_watched) delete std::exchange(handle_, nullptr);
}

SocketWatch::~SocketWatch() {
  if (handle_ != nullptr) handle_->close();
}

bool SocketWatch::start(int socket) {
  stop();
  if (handle_ == nullptr) return false;
  epoll_event wanted{.events = EPOLLIN, .data = {}};
  if (epoll_ctl(set_.get(), EPOLL_CTL_ADD, socket, &wanted) != 0) return false;
  socket_ = socket;
  return true;
}

void SocketWatch::stop() {
  if (socket_ >= 0) epoll_ctl(set_.get(), EPOLL_CTL_DEL, std::exchange(socket_, -1), nullptr);
}

struct SignalWatcher::Handle : Held<uv_signal_t> {};

SignalWatcher::SignalWatcher(EventLoop& loop, int signal_number, std::function<void()> on_signal)
    : handle_(new Handle) {
  handle_->on_event = std::move(on_signal);
  uv_signal_init(loop.raw(), &handle_->uv);
  handle_->uv.data = static_cast<Held<uv_signal_t>*>(handle_);
  uv_signal_start(
      &handle_->uv, [](uv_signal_t* handle, int) noexcept { Held<uv_signal_t>::forward(handle); },
      signal_number);
}

SignalWatcher::~SignalWatcher() { handle_->close(); }

}  // namespace sqlbus
