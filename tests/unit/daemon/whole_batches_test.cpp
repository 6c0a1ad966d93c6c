#include "daemon/settlement/whole_batches.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/unit/daemon/deliveries.hpp"

namespace sqlbus {
namespace {

std::shared_ptr<Batch> batch_of(std::size_t count, std::size_t queue = 0) {
  auto batch = test::make_batch(queue);
  batch->unended = count;
  return batch;
}

Outcome outcome_of(const std::shared_ptr<Batch>& batch, std::size_t position) {
  Outcome outcome{.delivery = test::make_delivery("{}", batch)};
  outcome.delivery.position = position;
  return outcome;
}

std::vector<std::size_t> positions(const std::vector<Outcome>& outcomes) {
  std::vector<std::size_t> positions;
  positions.reserve(outcomes.size());
  for (const auto& outcome : outcomes) positions.push_back(outcome.delivery.position);
  return positions;
}

}  // namespace

TEST_CASE("outcomes of a batch go together") {
  WholeBatches batches;
  const auto batch = batch_of(3);
  const auto other = batch_of(2);
  std::vector<Outcome> ready;
  batches.add(outcome_of(batch, 2), ready);
  batches.add(outcome_of(other, 0), ready);
  batches.add(outcome_of(batch, 0), ready);
  CHECK(ready.empty());
  batches.add(outcome_of(batch, 1), ready);
  CHECK(positions(ready) == std::vector<std::size_t>{2, 0, 1});
  CHECK_FALSE(batches.is_empty());
  batches.add(outcome_of(other, 1), ready);
  CHECK(ready.size() == 5);
  CHECK(batches.is_empty());
}

TEST_CASE("what somebody waits for goes at once") {
  const auto with = [](auto change) {
    WholeBatches batches;
    const auto batch = batch_of(2);
    std::vector<Outcome> ready;
    auto outcome = outcome_of(batch, 0);
    change(outcome);
    batches.add(std::move(outcome), ready);
    CHECK(ready.size() == 1);
    batches.add(outcome_of(batch, 1), ready);
    CHECK(ready.size() == 2);
    CHECK(batches.is_empty());
  };
  with([](Outcome& outcome) { outcome.channel = "back"; });
  with([](Outcome& outcome) { outcome.dead_letter = "{}"; });
  with([](Outcome& outcome) { outcome.delay_until = EpochTime{}; });
  with([](Outcome& outcome) { outcome.waiting_database = "main"; });
}

TEST_CASE("nothing is held for a batch that will not be settled here to its end") {
  WholeBatches batches;
  const auto batch = batch_of(3);
  std::vector<Outcome> ready;
  batches.add(outcome_of(batch, 0), ready);
  auto untouched = outcome_of(batch, 1);
  untouched.kind = Outcome::Kind::kUntouched;
  batches.add(std::move(untouched), ready);
  CHECK(positions(ready) == std::vector<std::size_t>{0, 1});
  CHECK(batches.is_empty());
}

TEST_CASE("all that is held goes to the queue it came from") {
  WholeBatches batches;
  std::vector<std::vector<Outcome>> ready(2);
  batches.add(outcome_of(batch_of(3, 0), 7), ready[0]);
  batches.add(outcome_of(batch_of(3, 1), 8), ready[1]);
  batches.take_all(ready);
  CHECK(positions(ready[0]) == std::vector<std::size_t>{7});
  CHECK(positions(ready[1]) == std::vector<std::size_t>{8});
  CHECK(batches.is_empty());
}

}  // namespace sqlbus
