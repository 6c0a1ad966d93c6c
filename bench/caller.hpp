// A calling process of the bus that waits for nothing, by libsqlbus.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/work.hpp"
#include "client/sqlbus.h"

namespace sqlbus::bench {

// Every failure throws std::runtime_error.
class Caller {
 public:
  explicit Caller(const std::string& redis_socket);

  // Puts it on the default queue and returns when Redis has it.
  void send(const sqlbus_request& request);
  // Puts it into the buffer, whose requests go together.
  void add(const sqlbus_request& request);
  // Returns when Redis has everything.
  void flush();

 private:
  struct Close {
    void operator()(sqlbus_handle* handle) const { sqlbus_close(handle); }
  };

  void expect(int code) const;

  std::unique_ptr<sqlbus_handle, Close> handle_;
};

// A request in libsqlbus's form. What it points to belongs to the draft, which stays where it is.
class Draft {
 public:
  Draft() = default;
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // One statement, with the UUID of its work; its caller shows in APP.
  const sqlbus_request& assign(const Work& work, Shape shape);
  // The same, and libsqlbus makes the UUID.
  const sqlbus_request& assign_without_uuid(const Work& work, Shape shape);
  sqlbus_param& param(std::size_t at) { return params_.at(at); }

 private:
  Request source_;
  std::string app_;
  std::string uuid_;
  std::vector<sqlbus_param> params_;
  sqlbus_request request_{};
};

// Puts so much work on the default queue.
void fill_queue(const std::string& redis_socket, WorkSource& source, Shape shape,
                std::int64_t count);

}  // namespace sqlbus::bench
