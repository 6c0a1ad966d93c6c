#include <doctest/doctest.h>

#include "client/command/top/rates.hpp"

using namespace sqlbus;  // NOLINT(google-build-using-namespace)

namespace {

// A look `at` seconds after the start; the daemon has told its numbers then.
QueueSample look(double at, double claimed, double settled, std::int64_t depth) {
  QueueSample sample{.redis = {.queue = "q"}};
  sample.redis.now = from_epoch_seconds(1000 + at);
  sample.redis.depth = depth;
  sample.instance = "one";
  sample.has_words = true;
  sample.known_at = 1000 + at;
  sample.claimed = claimed;
  sample.settled = settled;
  return sample;
}

// The same look later on, of a daemon that has told nothing since.
QueueSample later(QueueSample sample, double seconds) {
  sample.redis.now += std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
  return sample;
}

QueueStatus status_of(double lease_left_s, const std::string& json) {
  QueueStatus status{.queue = "q"};
  status.now = from_epoch_seconds(1000);
  status.owner = QueueStatus::Owner{.instance = "one", .lease_left_s = lease_left_s};
  status.owner->status = json;
  return status;
}

}  // namespace

TEST_CASE("one look tells no rate, two do") {
  RateMeter meter;
  CHECK_FALSE(meter.observe(look(0, 100, 90, 5)).in.has_value());
  const auto& rates = meter.observe(look(2, 300, 250, 25));
  CHECK(*rates.in == doctest::Approx(110));  // 200 were claimed, and 20 more wait
  CHECK(*rates.out == doctest::Approx(80));
}

TEST_CASE("rates stay as they are until the daemon tells more") {
  RateMeter meter;
  meter.observe(look(0, 0, 0, 0));
  const auto told = look(1, 100, 100, 0);
  meter.observe(told);
  CHECK(*meter.observe(later(told, 1)).out == doctest::Approx(100));
  CHECK(*meter.observe(look(3, 300, 300, 0)).out == doctest::Approx(100));
  CHECK(*meter.observe(look(4, 300, 300, 0)).out == 0);
}

TEST_CASE("a queue that nobody owns can still grow") {
  RateMeter meter;
  auto alone = look(0, 0, 0, 10);
  alone.instance.clear();
  alone.has_words = false;
  meter.observe(alone);
  alone.redis.now += std::chrono::seconds(1);
  alone.known_at += 1;
  alone.redis.depth = 40;
  CHECK(*meter.observe(alone).in == doctest::Approx(30));
  alone.redis.now += std::chrono::seconds(1);
  alone.known_at += 1;
  alone.redis.depth = 0;  // somebody has removed them
  CHECK(*meter.observe(alone).in == 0);
}

TEST_CASE("another daemon counts from zero, and a clock may be put back") {
  RateMeter meter;
  meter.observe(look(0, 1000, 1000, 0));
  meter.observe(look(1, 1100, 1100, 0));
  auto other = look(2, 5, 5, 0);
  other.instance = "two";
  CHECK_FALSE(meter.observe(other).out.has_value());
  auto back = look(-10, 5, 5, 0);
  back.instance = "two";
  CHECK_FALSE(meter.observe(back).out.has_value());
  back = look(-9, 15, 15, 0);
  back.instance = "two";
  CHECK(*meter.observe(back).out == doctest::Approx(10));
}

TEST_CASE("rates of a database that has come meanwhile are not known yet") {
  RateMeter meter;
  auto first = look(0, 0, 0, 0);
  first.databases = {{.name = "main", .done = 10, .failed = 1}};
  meter.observe(first);
  auto second = look(1, 0, 0, 0);
  second.databases = {{.name = "main", .done = 30, .failed = 2}, {.name = "new", .done = 7}};
  const auto& rates = meter.observe(second);
  CHECK(rates.databases.at("main").done == doctest::Approx(20));
  CHECK(rates.databases.at("main").failed == doctest::Approx(1));
  CHECK(rates.databases.count("new") == 0);
}

TEST_CASE("what a daemon does not repeat holds since its last sign of life") {
  const std::string json = R"({"at":990,"lease_s":9,"queues":[{"queue":"q","claimed":4}]})";
  const auto silent = to_sample(status_of(7, json));
  CHECK(silent.heard_ago_s == doctest::Approx(2));
  CHECK(silent.known_at == doctest::Approx(998));
  CHECK(silent.claimed == 4);
  CHECK(to_sample(status_of(-1.5, json)).known_at == doctest::Approx(990));  // told at a renewal
}

TEST_CASE("a status that is none, or another, is passed over") {
  for (const auto* json : {"", "nonsense", "[]", "7"}) {
    CAPTURE(json);
    const auto sample = to_sample(status_of(1, json));
    CHECK_FALSE(sample.has_words);
    CHECK(sample.known_at == doctest::Approx(1000));
  }
  const auto odd = to_sample(status_of(
      1, R"({"at":"soon","queues":[7,{"queue":7}],"databases":{},"last_error":5,"healthy":1})"));
  CHECK(odd.has_words);
  CHECK(odd.databases.empty());
  CHECK_FALSE(odd.is_healthy);
}

TEST_CASE("pauses are told by whom and why, also where that cannot be read") {
  QueueStatus status{.queue = "q"};
  status.control = {{"queue", R"({"BY":"ops@db1","SINCE":900,"REASON":"moving\u001b[2J"})"},
                    {"database:billing", "nonsense"},
                    {"another", "{}"}};
  const auto pauses = to_sample(status).pauses;
  REQUIRE(pauses.size() == 2);
  CHECK(pauses[0].database == "billing");
  CHECK(pauses[1].database.empty());
  CHECK(pauses[1].by == "ops@db1");
  CHECK(pauses[1].reason == "moving\\x1b[2J");
  CHECK(pauses[1].since == 900);
}

TEST_CASE("dead letters are told by their cause, the newest first") {
  const auto letter = [](const std::string& message, double at) {
    Letter one;
    one.dead.message = message;
    one.dead.failed_at = from_epoch_seconds(at);
    return one;
  };
  const auto causes =
      causes_of({letter("no row 7", 30), letter("no such table", 20), letter("no row 8", 10)});
  REQUIRE(causes.size() == 2);
  CHECK(causes[0].count == 2);
  CHECK(causes[0].message == "no row 7");
  CHECK(causes[0].last == from_epoch_seconds(30));
  CHECK(causes[1].count == 1);
}
