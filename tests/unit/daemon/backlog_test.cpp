#include "daemon/lane/backlog.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/daemon/deliveries.hpp"

namespace sqlbus {

TEST_CASE("the turn is that of the highest queue, in the order of arrival") {
  Backlog backlog;
  CHECK(backlog.turn() == nullptr);
  const auto high = test::make_batch(0);
  const auto low = test::make_batch(1);
  backlog.add(test::make_job("low 1", false, Admitted::Mode::kGroup, low));
  backlog.add(test::make_job("high 1", false, Admitted::Mode::kGroup, high));
  backlog.add(test::make_job("high 2", false, Admitted::Mode::kGroup, high));
  for (const std::string expected : {"high 1", "high 2", "low 1"}) {
    auto* turn = backlog.turn();
    REQUIRE(turn != nullptr);
    CHECK(turn->front().request().uuid == expected);
    turn->pop_front();
  }
  CHECK(backlog.turn() == nullptr);
}

TEST_CASE("a queue that gets another rank keeps its own order") {
  Backlog backlog;
  const auto old_batch = test::make_batch(1);
  const auto other = test::make_batch(0);
  const auto new_batch = test::make_batch(1);
  new_batch->rank = 0;
  other->rank = 1;
  backlog.add(test::make_job("first", false, Admitted::Mode::kGroup, old_batch));
  backlog.add(test::make_job("second", false, Admitted::Mode::kGroup, new_batch));
  backlog.add(test::make_job("other", false, Admitted::Mode::kGroup, other));
  std::vector<std::string> order;
  while (auto* turn = backlog.turn()) {
    order.push_back(turn->front().request().uuid.str());
    turn->pop_front();
  }
  CHECK(std::find(order.begin(), order.end(), "first") <
        std::find(order.begin(), order.end(), "second"));
  CHECK(order.size() == 3);
}

TEST_CASE("a group at work finds its jobs where they were when another queue comes") {
  Backlog backlog;
  const auto first = test::make_batch(0);
  backlog.add(test::make_job("a", false, Admitted::Mode::kGroup, first));
  const auto* turn = backlog.turn();
  for (std::size_t place = 1; place < 50; ++place) {
    const auto batch = test::make_batch(place);
    backlog.add(test::make_job("b", false, Admitted::Mode::kGroup, batch));
  }
  CHECK(backlog.turn() == turn);
  CHECK(turn->front().request().uuid == "a");
}

TEST_CASE("what is extracted leaves the order of the rest") {
  Backlog backlog;
  const auto batch = test::make_batch();
  for (const std::string name : {"a", "b", "c", "d"}) {
    backlog.add(test::make_job(name, name == "b" || name == "d", Admitted::Mode::kGroup, batch));
  }
  const auto out = backlog.extract([](const Job& job) { return job.request().sync; });
  REQUIRE(out.size() == 2);
  CHECK(out[0].request().uuid == "b");
  CHECK(out[1].request().uuid == "d");
  std::string left;
  backlog.for_each([&](const Job& job) { left += job.request().uuid; });
  CHECK(left == "ac");
}

}  // namespace sqlbus
