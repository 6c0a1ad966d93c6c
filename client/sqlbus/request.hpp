// Statements, and what may be said of them.
#pragma once

#include <sqlbus.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "param.hpp"

namespace sqlbus {
inline namespace v0 {

// Moments go by the clock of the Redis server, see Client::now().
using Moment = std::chrono::sys_time<std::chrono::microseconds>;

// One SQL statement with its values.
struct Sql {
  template <typename... Args>
  explicit(sizeof...(Args) != 0) Sql(std::string_view sql, const Args&... args)
      : text(sql), params{Param(args)...} {}
  Sql(const char* sql) : text(sql) {}  // NOLINT(google-explicit-constructor): it is one

  std::string text;
  std::vector<Param> params;
};

// Request("insert into orders values (?)", 42).key("customer 7").database("orders")
class Request {
 public:
  template <typename... Args>
  explicit Request(std::string_view sql, const Args&... args) : statements_{Sql(sql, args...)} {}
  explicit Request(Sql sql) : statements_{std::move(sql)} {}
  // All of them or none.
  static Request transaction(std::vector<Sql> statements) {
    return {SQLBUS_TRANSACTION, std::move(statements)};
  }
  // Runs UPDATE; where it matches no row, INSERT; in one transaction.
  static Request upsert(Sql update, Sql insert) {
    return {SQLBUS_UPSERT, {std::move(update), std::move(insert)}};
  }

  Request& database(std::string name) { return set(database_, std::move(name)); }
  Request& key(std::string key) { return set(key_, std::move(key)); }
  Request& app(std::string app) { return set(app_, std::move(app)); }
  // Only to send a request again.
  Request& uuid(std::string uuid) { return set(uuid_, std::move(uuid)); }
  Request& traceparent(std::string parent) { return set(traceparent_, std::move(parent)); }
  Request& deadline(Moment moment) { return set(deadline_us_, moment.time_since_epoch().count()); }
  Request& not_before(Moment moment) {
    return set(not_before_us_, moment.time_since_epoch().count());
  }
  Request& rows_max(std::int64_t rows) { return set(rows_max_, rows); }
  Request& urgent(bool is_urgent = true) { return set_flag(SQLBUS_URGENT, is_urgent); }
  Request& typed(bool is_typed = true) { return set_flag(SQLBUS_TYPED, is_typed); }
  // Of a query: it may take effect also when nobody waits any more.
  Request& without_deadline() { return set_flag(SQLBUS_NO_DEADLINE, true); }

  const std::vector<Sql>& statements() const { return statements_; }
  const std::optional<std::string>& uuid() const { return uuid_; }

  // The request as the C functions take it; it borrows from the Request and itself.
  class C {
   public:
    C(const Request& request, const std::optional<std::string>& default_database);
    C(C&&) = default;
    C& operator=(C&&) = delete;
    C(const C&) = delete;
    C& operator=(const C&) = delete;
    ~C() = default;

    const sqlbus_request& get() const { return request_; }

   private:
    std::vector<sqlbus_param> params_;
    std::vector<sqlbus_statement> statements_;
    sqlbus_request request_{};
  };

 private:
  Request(sqlbus_form form, std::vector<Sql> statements)
      : form_(form), statements_(std::move(statements)) {}

  template <typename T, typename V>
  Request& set(T& member, V value) {
    member = std::move(value);
    return *this;
  }
  Request& set_flag(std::uint32_t flag, bool is_set) {
    flags_ = is_set ? flags_ | flag : flags_ & ~flag;
    return *this;
  }

  sqlbus_form form_ = SQLBUS_SINGLE;
  std::vector<Sql> statements_;
  std::optional<std::string> database_;
  std::optional<std::string> key_;
  std::optional<std::string> app_;
  std::optional<std::string> uuid_;
  std::optional<std::string> traceparent_;
  std::optional<std::int64_t> deadline_us_;
  std::optional<std::int64_t> not_before_us_;
  std::optional<std::int64_t> rows_max_;
  std::uint32_t flags_ = 0;
};

inline Request::C::C(const Request& request, const std::optional<std::string>& default_database) {
  const auto text = [](const char* name, const std::optional<std::string>& value) {
    if (!value) return static_cast<const char*>(nullptr);
    if (value->find('\0') != std::string::npos) {
      throw ArgumentError(std::string(name) + " holds a NUL character", {});
    }
    return value->c_str();
  };
  // 0 stands for "none" there, and is none of these.
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? (*value == 0 ? -1 : *value) : 0;
  };
  std::size_t count = 0;
  for (const Sql& sql : request.statements_) count += sql.params.size();
  params_.reserve(count);
  for (const Sql& sql : request.statements_) {
    const sqlbus_param* const first = params_.data() + params_.size();
    for (const Param& param : sql.params) params_.push_back(param.c());
    statements_.push_back({sql.text.c_str(), sql.text.size(), first, sql.params.size()});
  }
  request_.struct_size = sizeof request_;
  request_.form = request.form_;
  if (request.form_ == SQLBUS_SINGLE) {
    request_.statement = statements_[0].statement;
    request_.statement_size = statements_[0].statement_size;
    request_.params = statements_[0].params;
    request_.param_count = statements_[0].param_count;
  } else {
    request_.statements = statements_.data();
    request_.statement_count = statements_.size();
  }
  request_.uuid = text("UUID", request.uuid_);
  request_.app = text("APP", request.app_);
  request_.database = text("DATABASE", request.database_ ? request.database_ : default_database);
  request_.key = text("KEY", request.key_);
  request_.traceparent = text("TRACEPARENT", request.traceparent_);
  request_.deadline_us = number(request.deadline_us_);
  request_.not_before_us = number(request.not_before_us_);
  request_.rows_max = number(request.rows_max_);
  request_.flags = request.flags_;
}

}  // namespace v0
}  // namespace sqlbus
