#include "client/command/load/load_progress.hpp"

#include <doctest/doctest.h>

using sqlbus::LoadNumbers;

namespace {

LoadNumbers half() {
  LoadNumbers numbers;
  numbers.requests = 450'000;
  numbers.bytes = 60'000;
  numbers.bytes_before = 20'000;
  numbers.bytes_total = 120'000;
  numbers.elapsed = std::chrono::seconds{2};
  return numbers;
}

}  // namespace

TEST_CASE("progress tells how far, how much, how fast, and how long still") {
  CHECK(sqlbus::progress_words(half()) == "50%, 450,000 requests, 225,000/s, 3.0 s left");
  CHECK(sqlbus::progress_bar(half(), 100) ==
        "[############............] 50%  450,000 requests  225,000/s  3.0 s left");
  CHECK(sqlbus::progress_sum(half()) == "450,000 requests in 2.0 s (225,000/s)");
}

TEST_CASE("a bar fits into the terminal") {
  CHECK(sqlbus::progress_bar(half(), 31) == "[############............] 50%…");
}

TEST_CASE("of a stream nobody knows the end") {
  auto numbers = half();
  numbers.bytes_total.reset();
  CHECK(sqlbus::progress_words(numbers) == "450,000 requests, 225,000/s");
  CHECK(sqlbus::progress_bar(numbers, 100) == "450,000 requests  225,000/s");
}

TEST_CASE("a pause is told with its cause") {
  auto numbers = half();
  numbers.pause = "the queue is full";
  CHECK(sqlbus::progress_bar(numbers, 100).ends_with("  waits: the queue is full"));
  CHECK(sqlbus::progress_words(numbers).ends_with(", waits: the queue is full"));
}

TEST_CASE("an empty file is done, and nothing is divided by nothing") {
  LoadNumbers numbers;
  numbers.bytes_total = 0;
  CHECK(sqlbus::progress_words(numbers) == "100%, 0 requests, 0/s");
}
