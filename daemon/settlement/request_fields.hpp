// The fields of a log line that concerns a request: every such line has them, so that whoever knows
// a UUID finds all that was said of it. For one statement: it borrows what it is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/intake/delivery.hpp"
#include "daemon/log/log.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

class RequestFields {
 public:
  struct Names {
    std::string_view uuid;
    std::string_view app;
    std::string_view database;  // empty: not known
  };

  RequestFields(const Delivery& delivery, const Names& names);
  // With the database that it names where `database` is empty.
  RequestFields(const Delivery& delivery, const Request& request, std::string_view database);

  RequestFields& add(std::string_view key, std::string_view value) {
    fields_.push_back({key, value});
    return *this;
  }
  RequestFields& add(std::string_view key, std::int64_t number) {
    return add(key, kept_.emplace_back(std::to_string(number)));
  }
  // In milliseconds, to the microsecond.
  RequestFields& add_time(std::string_view key, std::chrono::microseconds time);

  operator std::span<const LogField>() const { return fields_; }  // NOLINT

 private:
  std::vector<LogField> fields_;
  std::deque<std::string> kept_;
};

}  // namespace sqlbus
