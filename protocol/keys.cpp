#include "protocol/keys.hpp"

#include <algorithm>
#include <initializer_list>

namespace sqlbus::keys {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string_view behind(std::string_view prefix, std::string_view text) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : std::string_view();
}

}  // namespace

bool is_queue_name(std::string_view name) {
  return !name.empty() && name.find_first_of("{}") == std::string_view::npos;
}

std::string prefix(std::string_view queue) { return joined({"{", queue, "}:"}); }

std::string owner(std::string_view queue) { return joined({"{", queue, "}:owner"}); }

std::string instance(std::string_view queue, std::string_view instance_id) {
  return joined({"{", queue, "}:instance:", instance_id});
}

std::string batches(std::string_view queue) { return joined({"{", queue, "}:batches"}); }

std::string inflight(std::string_view queue, std::string_view instance_id,
                     std::string_view sequence, std::string_view origin) {
  return joined({"{", queue, "}:inflight:", instance_id, ":", sequence, origin});
}

InflightName parse_inflight(std::string_view queue, std::string_view name) {
  const auto start = inflight(queue, "", "");  // "{queue}:inflight::"
  const auto size = start.size() - 1;
  if (!name.starts_with(std::string_view(start).substr(0, size))) return {};
  name.remove_prefix(size);
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {};
  const auto rest = name.substr(colon + 1);
  const auto at = std::min(rest.find('@'), rest.size());
  return {name.substr(0, colon), rest.substr(0, at), rest.substr(at)};
}

std::string waiting_origin(std::string_view database) { return joined({"@waiting:", database}); }

std::string_view waiting_database(std::string_view origin) { return behind("@waiting:", origin); }

std::string origin_list(std::string_view queue, std::string_view origin) {
  return joined({"{", queue, "}:", origin.substr(1)});
}

std::string waiting(std::string_view queue, std::string_view database) {
  return joined({"{", queue, "}:waiting:", database});
}

std::string delayed(std::string_view queue) { return joined({"{", queue, "}:delayed"}); }

std::string deliveries(std::string_view queue) { return joined({"{", queue, "}:deliveries"}); }

std::string dead(std::string_view queue) { return joined({"{", queue, "}:dead"}); }

std::string replay(std::string_view queue) { return joined({"{", queue, "}:replay"}); }

std::string control(std::string_view queue) { return joined({"{", queue, "}:control"}); }

std::string database_paused(std::string_view database) { return joined({"database:", database}); }

std::string_view paused_database(std::string_view field) { return behind("database:", field); }

std::string glob_literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace sqlbus::keys
