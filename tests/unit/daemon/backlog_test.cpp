#include "daemon/lane/backlog.hpp"

#include <doctest/doctest.h>

#include "tests/unit/daemon/deliveries.hpp"

namespace sqlbus {

TEST_CASE("the turn is that of the highest queue, in the order of arrival") {
  Backlog backlog(2);
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

TEST_CASE("what is extracted leaves the order of the rest") {
  Backlog backlog(1);
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
