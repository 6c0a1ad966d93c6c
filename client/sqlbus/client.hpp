// A process that hands requests over to the bus, and asks it.
#pragma once

#include <sqlbus.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error.hpp"
#include "request.hpp"
#include "result.hpp"
#include "waiters.hpp"

namespace sqlbus {
inline namespace v0 {

// What is left out has libsqlbus's default, see sqlbus_options.
struct Options {
  std::string queue = {};
  std::string app = {};
  std::optional<std::string> database = {};   // of requests that name none
  std::chrono::milliseconds timeout{30'000};  // of queries
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::milliseconds answer_timeout{0};
  std::chrono::milliseconds retry{0};
  std::size_t request_bytes_max = 0;
  std::size_t queue_max = 0;
  std::size_t buffer_count_max = 0;
  std::size_t buffer_bytes_max = 0;
  std::chrono::milliseconds buffer_age_max{0};
  bool resends = true;          // false: for buses that run without exactly_once
  std::size_t waiters_max = 8;  // threads that wait for the answers to query_async()
};

class Buffer;

// One thread at a time. The constructor throws ArgumentError; a Redis that cannot be reached is
// told by the first call that needs it, so that a process may start before its Redis.
class Client {
 public:
  explicit Client(std::string url, Options options = {})
      : url_(std::move(url)),
        options_(std::move(options)),
        handle_(detail::open(url_, c(options_))) {}

  // Puts it on the queue; returns its UUID once Redis has it.
  template <typename... Args>
  std::string send(std::string_view sql, const Args&... args) {
    return send(Request(sql, args...));
  }
  std::string send(const Request& request) {
    const Request::C call(request, options_.database);
    expect(sqlbus_send(c(), &call.get(), nullptr));
    return sqlbus_last_uuid(c());
  }
  // Many in their order. Each that has no UUID gets the one that it goes under: where this throws,
  // requests.subspan(error.accepted()) may be sent again as they are.
  void send_many(std::span<Request> requests);

  // Executes it and waits for its rows.
  template <typename... Args>
  Result query(std::string_view sql, const Args&... args) {
    return query(Request(sql, args...));
  }
  Result query(const Request& request, std::optional<std::chrono::milliseconds> timeout = {}) {
    const Request::C call(request, options_.database);
    sqlbus_result* result = nullptr;
    const int code = sqlbus_query(c(), &call.get(), timeout_ms(timeout), &result);
    Result owned(result);
    detail::expect(code, c(), result);
    return owned;
  }
  // All of them or none; send(Request::transaction(…)) where nobody waits.
  Result transaction(std::vector<Sql> statements) {
    return query(Request::transaction(std::move(statements)));
  }
  // UPDATE, or else INSERT; NotFound where neither changes a row.
  Result upsert(Sql update, Sql insert) {
    return query(Request::upsert(std::move(update), std::move(insert)));
  }

  // Puts it on the queue, in order with what this thread sends and asks, and leaves the waiting to
  // threads of the client's. What cannot be sent throws here; what fails then, from the future.
  template <typename... Args>
  std::future<Result> query_async(std::string_view sql, const Args&... args) {
    return query_async(Request(sql, args...));
  }
  std::future<Result> query_async(const Request& request,
                                  std::optional<std::chrono::milliseconds> timeout = {});

  // Requests that go together; see Buffer.
  Buffer buffer();

  // The time by the clock of the Redis server.
  Moment now() {
    std::int64_t now_us = 0;
    expect(sqlbus_now(c(), &now_us));
    return Moment(std::chrono::microseconds(now_us));
  }

  // For the functions of sqlbus.h.
  sqlbus_handle* c() { return handle_.get(); }

 private:
  friend class Buffer;

  static sqlbus_options c(const Options& options);
  void expect(int code) { detail::expect(code, c()); }
  std::uint32_t timeout_ms(std::optional<std::chrono::milliseconds> timeout) const {
    return detail::to_ms(timeout.value_or(options_.timeout));
  }

  std::string url_;
  Options options_;
  detail::Handle handle_;
  std::unique_ptr<detail::Waiters> waiters_;  // since the first query_async()
};

// Gathers requests and sends them together, in their order, by number, size and age. It belongs to
// its client's thread and lives no longer than the client. What goes wrong is told by the next
// add() or flush(); flush() before it ends to know that all is well. Where the destructor cannot
// send the rest, that stays with the client, whose next call sends it or says why not.
class Buffer {
 public:
  explicit Buffer(Client& client) : client_(&client) {}
  Buffer(Buffer&& other) noexcept : client_(std::exchange(other.client_, nullptr)) {}
  Buffer& operator=(Buffer&&) = delete;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (client_ != nullptr && size() != 0) sqlbus_buffer_flush(client_->c(), nullptr);
  }

  template <typename... Args>
  std::string add(std::string_view sql, const Args&... args) {
    return add(Request(sql, args...));
  }
  std::string add(const Request& request) {
    const Request::C call(request, client_->options_.database);
    client_->expect(sqlbus_buffer_add(client_->c(), &call.get(), nullptr));
    return sqlbus_last_uuid(client_->c());
  }
  // Returns when Redis has everything: how many it took since the flush before.
  std::size_t flush() {
    std::size_t accepted = 0;
    client_->expect(sqlbus_buffer_flush(client_->c(), &accepted));
    return accepted;
  }
  // What Redis has not said to have.
  std::size_t size() const { return sqlbus_buffer_count(client_->c()); }
  void discard() { sqlbus_buffer_discard(client_->c()); }

 private:
  Client* client_;
};

inline Buffer Client::buffer() { return Buffer(*this); }

inline void Client::send_many(std::span<Request> requests) {
  if (requests.empty()) return;
  std::vector<Request::C> calls;
  std::vector<sqlbus_request> list;
  for (const Request& request : requests) {
    calls.emplace_back(request, options_.database);
    list.push_back(calls.back().get());
  }
  std::size_t accepted = 0;
  const auto uuids = std::make_unique<char[][SQLBUS_UUID_SIZE]>(requests.size());
  const int code = sqlbus_send_many(c(), list.data(), list.size(), uuids.get(), &accepted);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (uuids[i][0] != '\0') requests[i].uuid(uuids[i]);
  }
  if (code == SQLBUS_E_OK) return;
  detail::throw_error(sqlbus_error_text(c()), detail::facts_of(code, c(), nullptr), accepted);
}

inline std::future<Result> Client::query_async(const Request& request,
                                               std::optional<std::chrono::milliseconds> timeout) {
  const Request::C call(request, options_.database);
  if (waiters_ == nullptr) {
    waiters_ = std::make_unique<detail::Waiters>(url_, c(options_), options_.waiters_max);
  }
  const auto end = std::chrono::steady_clock::now() + timeout.value_or(options_.timeout);
  sqlbus_pending* query = nullptr;
  expect(sqlbus_query_start(c(), &call.get(), timeout_ms(timeout), &query));
  return waiters_->wait_for(detail::Pending(query), end);
}

inline sqlbus_options Client::c(const Options& options) {
  sqlbus_options wanted{};
  wanted.struct_size = sizeof wanted;
  wanted.queue = options.queue.empty() ? nullptr : options.queue.c_str();
  wanted.app = options.app.empty() ? nullptr : options.app.c_str();
  wanted.connect_timeout_ms = detail::to_ms(options.connect_timeout);
  wanted.answer_timeout_ms = detail::to_ms(options.answer_timeout);
  wanted.retry_ms = detail::to_ms(options.retry);
  wanted.request_bytes_max = options.request_bytes_max;
  wanted.queue_max = options.queue_max;
  wanted.buffer_count_max = options.buffer_count_max;
  wanted.buffer_bytes_max = options.buffer_bytes_max;
  wanted.buffer_age_max_ms = detail::to_ms(options.buffer_age_max);
  wanted.flags = options.resends ? 0 : SQLBUS_NO_RESEND;
  return wanted;
}

}  // namespace v0
}  // namespace sqlbus
