#include "client/command/shell/bus_session.hpp"

#include <csignal>
#include <ctime>
#include <utility>

#include "client/command/query.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Kind = BusSession::Answer::Kind;

// So soon somebody who gives up is heard.
constexpr milliseconds kSlice{200};

// While it lives SIGINT waits to be asked for. For a process with one thread.
class InterruptWatch {
 public:
  explicit InterruptWatch(bool is_wanted) : is_wanted_(is_wanted) {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    if (is_wanted_) sigprocmask(SIG_BLOCK, &set_, &before_);
  }
  ~InterruptWatch() {
    is_interrupted();  // one that came too late is for nobody
    if (is_wanted_) sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  bool is_interrupted() const {
    const timespec now{};
    return is_wanted_ && sigtimedwait(&set_, nullptr, &now) == SIGINT;
  }

 private:
  const bool is_wanted_;
  sigset_t set_{};
  sigset_t before_{};
};

}  // namespace

BusSession::Answer BusSession::ask(std::string sql, milliseconds timeout) {
  const auto start = Clock::now();
  Answer answer;
  if (auto error = connect()) {
    return {.kind = Kind::kUnreachable, .message = std::move(error->message)};
  }
  Request request = make_request(options_, std::move(sql));
  const auto now = bus_->now();
  if (!now) {
    bus_.reset();
    return {.kind = Kind::kUnreachable, .message = now.error().message};
  }
  request.deadline = *now + timeout;
  answer = await(request, timeout + BusClient::kVerdictTime);
  answer.waited = Clock::now() - start;
  if (answer.kind == Kind::kAnswered) dbtype_ = answer.answer.response.dbtype;
  return answer;
}

// A connection may have been closed while somebody was typing: it is made anew where it was.
std::optional<Error> BusSession::connect() {
  if (bus_ && bus_->is_alive()) return std::nullopt;
  auto bus = BusClient::connect(address_.redis, address_.queue, address_.connect_timeout);
  if (!bus) return std::move(bus).error();
  bus_ = *std::move(bus);
  return std::nullopt;
}

BusSession::Answer BusSession::await(const Request& request, milliseconds timeout) {
  const InterruptWatch watch(can_give_up_);
  const auto end = Clock::now() + timeout;
  const auto lose = [&](const Error& error) {
    bus_.reset();
    return Answer{.kind = Kind::kUnreachable,
                  .message = error.message +
                             "; whether it takes effect is not known: sqlbus trace " +
                             request.uuid.str()};
  };
  if (Status sent = bus_->send(request); !sent) return lose(sent.error());
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    if (left <= milliseconds{0}) {
      return {.kind = Kind::kTimeout, .message = "no answer in time (--timeout)"};
    }
    auto answer = bus_->await(request, std::min(left, kSlice));
    if (!answer) return lose(answer.error());
    if (*answer) return {.kind = Kind::kAnswered, .answer = **std::move(answer)};
    if (watch.is_interrupted()) {
      return {.kind = Kind::kGivenUp,
              .message =
                  "given up; it may take effect all the same: sqlbus trace " + request.uuid.str()};
    }
  }
}

}  // namespace sqlbus
