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
  CHECK(order_of(from("a", 1)) == order_of(from("a", 1)));
  CHECK(order_of(from("a", 1, "k")) == order_of(from("b", 2, "k")));
}

TEST_CASE("many callers spread over all lanes") {
  std::set<std::size_t> by_pid;
  std::set<std::size_t> by_key;
  for (int i = 0; i < 100; ++i) {
    by_pid.insert(order_of(from("app", i)) % 4);
    by_key.insert(order_of(from("app", 1, std::to_string(i))) % 4);
  }
  CHECK(by_pid.size() == 4);
  CHECK(by_key.size() == 4);
}

TEST_CASE("a query may run aside only where its caller has nothing under way") {
  OrderBook orders;
  CHECK(orders.is_free(7));
  orders.begin(7);
  orders.begin(7);
  CHECK_FALSE(orders.is_free(7));
  CHECK_FALSE(orders.must_hold(7));
  CHECK(orders.is_free(8));
  orders.end(7);
  CHECK_FALSE(orders.is_free(7));
  orders.end(7);
  CHECK(orders.is_free(7));
}

TEST_CASE("what comes behind a query that runs aside is held until its end, in order") {
  OrderBook orders;
  orders.begin_aside(7);
  CHECK_FALSE(orders.is_free(7));
  CHECK(orders.must_hold(7));
  CHECK_FALSE(orders.must_hold(8));
  for (std::size_t i = 0; i < 3; ++i) orders.hold(7, {.database = i});
  const auto freed = orders.end_aside(7);
  REQUIRE(freed.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(freed[i].database == i);
  CHECK_FALSE(orders.must_hold(7));
  CHECK(orders.is_free(7));
}

TEST_CASE("what is held may be taken away, and its query ends all the same") {
  OrderBook orders;
  orders.begin_aside(7);
  orders.hold(7, {.database = 5});
  CHECK(orders.take_held().size() == 1);
  CHECK(orders.must_hold(7));
  CHECK(orders.end_aside(7).empty());
  CHECK(orders.is_free(7));
}

}  // namespace sqlbus
