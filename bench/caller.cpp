#include "bench/caller.hpp"

#include <stdexcept>

#include "bench/world.hpp"

namespace sqlbus::bench {

namespace {

sqlbus_param sized(sqlbus_param param, std::string_view text) {
  param.size = text.size();
  return param;
}

sqlbus_param param_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kInteger:
      return sqlbus_param_int(value.integer);
    case Value::Kind::kNumber:
      return sized(sqlbus_param_decimal(value.text.data()), value.text);
    case Value::Kind::kText:
      return sized(sqlbus_param_text(value.text.data()), value.text);
    default:
      throw std::logic_error("the work has no such values");
  }
}

}  // namespace

Caller::Caller(const std::string& redis_socket) {
  sqlbus_handle* handle = nullptr;
  const int code = sqlbus_open(redis_socket.c_str(), nullptr, &handle);
  handle_.reset(handle);
  expect(code);
}

void Caller::send(const sqlbus_request& request) {
  expect(sqlbus_send(handle_.get(), &request, nullptr));
}

void Caller::add(const sqlbus_request& request) {
  expect(sqlbus_buffer_add(handle_.get(), &request, nullptr));
}

void Caller::flush() { expect(sqlbus_buffer_flush(handle_.get(), nullptr)); }

void Caller::expect(int code) const {
  if (code != SQLBUS_E_OK) throw std::runtime_error(sqlbus_error_text(handle_.get()));
}

const sqlbus_request& Draft::assign(const Work& work, Shape shape) {
  source_ = request_of(work, shape, kBusTable);
  app_ = "bench-" + std::to_string(work.caller);
  const Statement& statement = source_.statements[0];
  params_.clear();
  for (const Value& value : statement.params) params_.push_back(param_of(value));
  request_ = {};
  request_.struct_size = sizeof request_;
  request_.statement = statement.sql.data();
  request_.statement_size = statement.sql.size();
  request_.params = params_.data();
  request_.param_count = params_.size();
  uuid_ = source_.uuid.str();
  request_.uuid = uuid_.c_str();
  request_.app = app_.c_str();
  return request_;
}

const sqlbus_request& Draft::assign_without_uuid(const Work& work, Shape shape) {
  assign(work, shape);
  request_.uuid = nullptr;
  return request_;
}

void fill_queue(const std::string& redis_socket, WorkSource& source, Shape shape,
                std::int64_t count) {
  Caller caller(redis_socket);
  Draft draft;
  for (std::int64_t left = count; left > 0; --left) {
    caller.add(draft.assign(source.next(), shape));
  }
  caller.flush();
}

}  // namespace sqlbus::bench
