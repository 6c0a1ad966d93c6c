#include "daemon/settlement/request_fields.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

namespace sqlbus {
namespace {

// "{queue}:inflight:…"
std::string_view queue_of(const Delivery& delivery) {
  if (!delivery.batch) return {};
  const std::string_view key = delivery.batch->key;
  const auto end = key.find('}');
  return key.starts_with('{') && end != std::string_view::npos ? key.substr(1, end - 1)
                                                               : std::string_view();
}

std::string_view name_of(const Request& request, std::string_view database) {
  return database.empty() && request.database ? request.database->view() : database;
}

}  // namespace

RequestFields::RequestFields(const Delivery& delivery, const Names& names) {
  add("uuid", names.uuid).add("app", names.app);
  if (const auto queue = queue_of(delivery); !queue.empty()) add("queue", queue);
  if (!names.database.empty()) add("database", names.database);
}

RequestFields::RequestFields(const Delivery& delivery, const Request& request,
                             std::string_view database)
    : RequestFields(delivery, {request.uuid, request.app, name_of(request, database)}) {}

RequestFields& RequestFields::add_time(std::string_view key, std::chrono::microseconds time) {
  const auto us = std::max<std::int64_t>(time.count(), 0);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%" PRId64 ".%03" PRId64, us / 1000, us % 1000);
  return add(key, kept_.emplace_back(text.data()));
}

}  // namespace sqlbus
