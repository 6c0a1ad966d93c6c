#include "daemon/router/router.hpp"

#include <doctest/doctest.h>

#include <set>

namespace sqlbus {
namespace {

Request from(std::string app, std::int64_t pid, std::optional<std::string> key = {}) {
  Request request;
  request.app = std::move(app);
  request.pid = pid;
  request.key = std::move(key);
  return request;
}

}  // namespace

TEST_CASE("one caller, or one KEY, always meets in the same lane") {
  CHECK(lane_of(from("a", 1), 8) == lane_of(from("a", 1), 8));
  CHECK(lane_of(from("a", 1, "k"), 8) == lane_of(from("b", 2, "k"), 8));
  for (int pid = 0; pid < 100; ++pid) CHECK(lane_of(from("a", pid), 1) == 0);
}

TEST_CASE("many callers spread over all lanes") {
  std::set<std::size_t> by_pid;
  std::set<std::size_t> by_key;
  for (int i = 0; i < 100; ++i) {
    by_pid.insert(lane_of(from("app", i), 4));
    by_key.insert(lane_of(from("app", 1, std::to_string(i)), 4));
  }
  CHECK(by_pid.size() == 4);
  CHECK(by_key.size() == 4);
}

}  // namespace sqlbus
