// The Lua scripts, each by its contract, on a real Redis.
#include "daemon/redis/scripts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/private_redis.hpp"

namespace sqlbus::test {
namespace {

using Texts = std::vector<std::string>;

// A queue "q" as two instances, "me" and "dead", see it.
class Queue {
 public:
  Reply run(Script script, const Texts& keys, const Texts& arguments) {
    const auto text = script_text(script, true);
    const auto count = std::to_string(keys.size());
    std::vector<std::string_view> command{"EVAL", text, count};
    command.insert(command.end(), keys.begin(), keys.end());
    command.insert(command.end(), arguments.begin(), arguments.end());
    auto client = redis.connect();
    auto reply = client.command(RedisClient::Arguments(command));
    REQUIRE_MESSAGE(!reply.is_error(), reply.text);
    return reply;
  }
  Reply claim(const std::string& batch, int count, int bytes = 1000, bool is_idle = true,
              const std::string& id = "me", const std::string& source = "q") {
    return run(
        Script::kClaim,
        {"{q}:owner", source, batch, "{q}:batches", "{q}:deliveries", "{q}:dead", "{q}:control"},
        {id, std::to_string(count), std::to_string(bytes), is_idle ? "1" : "0", "10", "2",
         source == "{q}:waiting:db" ? "db" : ""});
  }
  Reply take_over(const std::string& id = "me") {
    return run(Script::kTakeOver,
               {"{q}:owner", "{q}:instance:" + id, "{q}:batches", "{q}:deliveries", "q"},
               {id, "5000", "{q}:", "50000", "clients", "1,2"});
  }
  // facts: the expiry of the instance hash, then its fields and values; or nothing.
  Reply renew(const Texts& facts = {}, const std::string& id = "me") {
    Texts arguments{id, "5000", "{q}:", "run"};
    arguments.insert(arguments.end(), facts.begin(), facts.end());
    return run(Script::kRenew, {"{q}:owner", "{q}:instance:" + id, "{q}:batches"}, arguments);
  }
  // One position: {number of the batch, position, channel, response, letter, delay, waiting}.
  // A range: {number of the batch, first position, last position}.
  Reply settle(const std::string& batch, const std::vector<Texts>& items, bool is_through,
               const std::vector<Texts>& ranges = {}) {
    Texts arguments{"me", "{q}:", "60000", R"({"ID":"d","ERRORID":1002})",
                    std::to_string(ranges.size())};
    for (const auto& range : ranges) arguments.insert(arguments.end(), range.begin(), range.end());
    arguments.push_back(std::to_string(items.size()));
    for (const auto& item : items) arguments.insert(arguments.end(), item.begin(), item.end());
    if (is_through) arguments.emplace_back("1");
    return run(Script::kSettle, {"{q}:batches", "{q}:deliveries", "{q}:dead", "{q}:delayed", batch},
               arguments);
  }
  void push(const Texts& envelopes, const std::string& list = "q") {
    for (const auto& envelope : envelopes) redis.command({"LPUSH", list, envelope});
  }
  // What would be taken, first to last.
  Texts in_order(const std::string& list = "q") {
    auto texts = redis.command({"LRANGE", list, "0", "-1"}).texts();
    return {texts.rbegin(), texts.rend()};
  }

  PrivateRedis redis;
};

const std::string kMine = "{q}:inflight:me:0000000000000001";

}  // namespace

TEST_CASE("a claim takes the oldest first, within count and bytes, a larger one alone") {
  Queue queue;
  CHECK(queue.claim(kMine, 10)[0].text == "lost");
  queue.take_over();
  queue.push({"a", "b", "c", "dddddddddd", "e"});
  CHECK(queue.claim(kMine, 2)[2].texts() == Texts{"a", "b"});
  CHECK(queue.redis.command({"LRANGE", kMine, "0", "-1"}).texts() == Texts{"a", "b"});
  CHECK(queue.redis.command({"SISMEMBER", "{q}:batches", kMine}).integer == 1);
  CHECK(queue.claim(kMine + "2", 10, 5)[2].texts() == Texts{"c"});
  CHECK(queue.claim(kMine + "3", 10, 5)[2].texts() == Texts{"dddddddddd"});
  CHECK(queue.in_order() == Texts{"e"});
}

TEST_CASE("a claim asked for again returns what it had taken") {
  Queue queue;
  queue.take_over();
  queue.push({"a", "b", "c"});
  CHECK(queue.claim(kMine, 2)[2].texts() == Texts{"a", "b"});
  CHECK(queue.claim(kMine, 2)[2].texts() == Texts{"a", "b"});
  CHECK(queue.claim(kMine, 0)[2].texts() == Texts{"a", "b"});
  CHECK(queue.claim(kMine + "2", 0)[2].elements.empty());
  CHECK(queue.redis.command({"SISMEMBER", "{q}:batches", kMine + "2"}).integer == 0);
  CHECK(queue.in_order() == Texts{"c"});
}

TEST_CASE("a claim tells what is paused, and takes nothing of it but what it had taken") {
  Queue queue;
  queue.take_over();
  queue.push({"a", "b"});
  queue.redis.command({"LPUSH", "{q}:waiting:db", "w"});
  queue.redis.command({"HSET", "{q}:control", "database:db", "by me"});
  CHECK(queue.claim(kMine, 1)[2].texts() == Texts{"a"});
  const auto waiting = queue.claim(kMine + "2", 1, 1000, true, "me", "{q}:waiting:db");
  CHECK(waiting[0].text == "paused");
  CHECK(waiting[3].texts() == Texts{"database:db", "by me"});
  queue.redis.command({"HSET", "{q}:control", "queue", ""});
  CHECK(queue.claim(kMine + "2", 1)[0].text == "paused");
  CHECK(queue.claim(kMine, 1)[2].texts() == Texts{"a"});
  queue.redis.command({"DEL", "{q}:control"});
  CHECK(queue.claim(kMine + "2", 1)[2].texts() == Texts{"b"});
}

TEST_CASE("an empty claim registers its name for the pop that follows") {
  Queue queue;
  queue.take_over();
  CHECK(queue.claim(kMine, 2)[2].elements.empty());
  CHECK(queue.redis.command({"SISMEMBER", "{q}:batches", kMine}).integer == 1);
}

TEST_CASE("an envelope that looks like a settled position is kept apart from one") {
  Queue queue;
  queue.take_over();
  queue.push({"a", "me", "b"});
  CHECK(queue.claim(kMine, 3)[2].texts() == Texts{"a", "me ", "b"});
  CHECK(queue.claim(kMine, 3)[2].texts() == Texts{"a", "me ", "b"});
}

TEST_CASE("claiming stops while there are too many dead letters") {
  Queue queue;
  queue.take_over();
  queue.push({"a"});
  queue.push(Texts(10, "x"), "{q}:dead");
  CHECK(queue.claim(kMine, 2)[0].text == "full");
  CHECK(queue.in_order() == Texts{"a"});
}

TEST_CASE("a take-over gives everything unsettled back in order, and counts it") {
  Queue queue;
  queue.take_over("dead");
  queue.push({"a", "b", "c", "d", "e", "f"});
  const std::string first = "{q}:inflight:dead:0000000000000001";
  const std::string second = "{q}:inflight:dead:0000000000000002";
  queue.claim(first, 2, 1000, true, "dead");
  queue.claim(second, 2, 1000, true, "dead");
  queue.redis.command({"LSET", first, "0", "dead"});  // a is settled
  queue.push({"w1", "w2"}, "{q}:waiting:db");
  queue.claim("{q}:inflight:dead:0000000000000003@waiting:db", 1, 1000, true, "dead",
              "{q}:waiting:db");
  CHECK(queue.take_over()[0].text == "standby");
  queue.redis.command({"DEL", "{q}:owner"});
  const auto taken = queue.take_over();
  CHECK(taken[0].text == "owner");
  CHECK(taken[3].integer == 3);
  CHECK(taken[4].integer == 4);
  CHECK(queue.in_order() == Texts{"b", "c", "d", "e", "f"});
  CHECK(queue.in_order("{q}:waiting:db") == Texts{"w1", "w2"});
  CHECK(queue.redis.command({"HLEN", "{q}:deliveries"}).integer == 4);
  CHECK(queue.redis.command({"EXISTS", first, second, "{q}:instance:dead"}).integer == 0);
  CHECK(queue.redis.command({"SCARD", "{q}:batches"}).integer == 0);
}

TEST_CASE("a renewal writes the instance's facts where it brings some, and else the lease alone") {
  Queue queue;
  CHECK(queue.renew()[0].text == "free");
  CHECK(queue.redis.command({"EXISTS", "{q}:owner", "{q}:instance:me"}).integer == 0);
  queue.take_over();
  queue.redis.command({"PEXPIRE", "{q}:owner", "1000"});
  queue.redis.command({"PEXPIRE", "{q}:instance:me", "1000"});
  CHECK(queue.renew()[0].text == "owner");
  CHECK(queue.redis.command({"PTTL", "{q}:owner"}).integer > 1000);
  CHECK(queue.redis.command({"PTTL", "{q}:instance:me"}).integer <= 1000);
  CHECK(queue.redis.command({"HGET", "{q}:instance:me", "clients"}).text == "1,2");
  CHECK(queue.renew({"50000", "clients", "1,3"})[0].text == "owner");
  CHECK(queue.redis.command({"PTTL", "{q}:instance:me"}).integer > 1000);
  CHECK(queue.redis.command({"HGET", "{q}:instance:me", "clients"}).text == "1,3");
  CHECK(queue.renew({"50000", "clients", "9"}, "other")[0].text == "standby");
  CHECK(queue.redis.command({"EXISTS", "{q}:instance:other"}).integer == 0);
}

TEST_CASE("whoever finds a queue free is told the connections of its dead owners") {
  Queue queue;
  queue.take_over("dead");
  queue.push({"a"});
  queue.claim("{q}:inflight:dead:0000000000000001", 1, 1000, true, "dead");
  queue.redis.command({"DEL", "{q}:owner"});
  CHECK(queue.renew()[4].elements.empty());  // they were given by another server
  queue.redis.command({"HSET", "{q}:instance:dead", "run_id", "run"});
  CHECK(queue.renew()[4].texts() == Texts{"1", "2"});
}

TEST_CASE("suspects lost once are claimed a few together, one lost again alone") {
  Queue queue;
  queue.take_over("dead");
  queue.push({"a", "b", "c", "d"});
  queue.claim("{q}:inflight:dead:0000000000000001", 3, 1000, true, "dead");
  queue.redis.command({"DEL", "{q}:owner"});
  queue.take_over();
  const auto together = queue.claim(kMine, 10);
  CHECK(together[2].texts() == Texts{"a", "b"});
  CHECK(together[1].integer == 1);
  const auto again = queue.claim(kMine, 10);  // read back
  CHECK(again[2].texts() == Texts{"a", "b"});
  CHECK(again[1].integer == 1);
  queue.redis.command({"DEL", "{q}:owner"});
  queue.take_over("other");  // "a" and "b" are lost once more
  const auto alone = queue.claim("{q}:inflight:other:1", 10, 1000, true, "other");
  CHECK(alone[2].texts() == Texts{"a"});
  CHECK(alone[1].integer == 2);
}

TEST_CASE("a suspect is claimed only when nothing else is in flight") {
  Queue queue;
  queue.take_over("dead");
  queue.push({"a", "b"});
  queue.claim("{q}:inflight:dead:0000000000000001", 1, 1000, true, "dead");
  queue.redis.command({"DEL", "{q}:owner"});
  queue.take_over();
  CHECK(queue.claim(kMine, 10, 1000, false)[0].text == "suspect");
  const auto alone = queue.claim(kMine, 10);
  CHECK(alone[2].texts() == Texts{"a"});
  CHECK(alone[1].integer == 1);
  const auto settled = queue.settle(kMine, {{"1", "0", "", "", "", "", ""}}, true);
  CHECK(settled[0].integer == 1);
  CHECK(queue.redis.command({"EXISTS", "{q}:deliveries"}).integer == 0);
  CHECK(queue.claim(kMine + "2", 10, 1000, false)[2].texts() == Texts{"b"});
}

TEST_CASE("settling marks, replies, keeps letters and delays, and never twice") {
  Queue queue;
  queue.take_over();
  queue.push({"a", "b", "c", "d"});
  queue.claim(kMine, 4);
  const std::vector<Texts> items{{"1", "0", "back", "answer", "", "", ""},
                                 {"1", "1", "", "", "letter", "", ""},
                                 {"1", "2", "", "", "", "1700000000.5", ""}};
  auto settled = queue.settle(kMine, items, false);
  CHECK(settled[0].integer == 3);
  CHECK(settled[2].integer == 1);
  settled = queue.settle(kMine, items, false);
  CHECK(settled[0].integer == 0);
  CHECK(queue.redis.command({"LRANGE", "back", "0", "-1"}).texts() == Texts{"answer"});
  CHECK(queue.redis.command({"PTTL", "back"}).integer > 0);
  CHECK(queue.redis.command({"LLEN", "{q}:dead"}).integer == 1);
  const auto delayed = queue.redis.command({"ZRANGE", "{q}:delayed", "0", "-1", "WITHSCORES"});
  REQUIRE(delayed.elements.size() == 2);
  CHECK(delayed[0].text.size() == 17);
  CHECK(delayed[0].text.substr(16) == "c");
  CHECK(delayed[1].text == "1700000000.5");

  CHECK(queue.settle(kMine, {}, true)[3].texts() ==
        Texts{kMine});  // d is not settled: the batch stays
  settled = queue.settle(kMine, {{"1", "3", "", "", "", "", "db"}}, true);
  CHECK(settled[3].elements.empty());
  CHECK(queue.in_order("{q}:waiting:db") == Texts{"d"});
  CHECK(queue.redis.command({"EXISTS", kMine}).integer == 0);
  CHECK(queue.settle(kMine, items, true)[0].integer == 0);  // gone: nothing happens
}

TEST_CASE("ranges of positions are settled in parts or as a whole") {
  Queue queue;
  queue.take_over();
  queue.push({"a", "b", "c", "d"});
  queue.claim(kMine, 4);
  CHECK(queue.settle(kMine, {}, false, {{"1", "1", "2"}})[0].integer == 2);
  CHECK(queue.redis.command({"LRANGE", kMine, "0", "-1"}).texts() == Texts{"a", "me", "me", "d"});
  CHECK(queue.settle(kMine, {}, true, {{"1", "1", "3"}})[3].texts() == Texts{kMine});
  CHECK(queue.settle(kMine, {}, true, {{"1", "0", "0"}})[3].elements.empty());
  CHECK(queue.redis.command({"EXISTS", kMine}).integer == 0);

  queue.push({"e", "f", "g"});
  queue.claim(kMine, 3);
  const std::vector<Texts> answered{{"1", "1", "back", "answer", "", "", ""}};
  const std::vector<Texts> ranges{{"1", "0", "0"}, {"1", "2", "2"}};
  auto settled = queue.settle(kMine, answered, true, ranges);
  CHECK(settled[0].integer == 3);
  CHECK(settled[3].elements.empty());
  CHECK(queue.redis.command({"EXISTS", kMine}).integer == 0);
  settled = queue.settle(kMine, answered, true, ranges);
  CHECK(settled[0].integer == 0);
  CHECK(queue.redis.command({"LRANGE", "back", "0", "-1"}).texts() == Texts{"answer"});
}

TEST_CASE("a range of suspects takes their counts along") {
  const std::string sha1_of_a = "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8";
  const std::string sha1_of_x = "11f6ad8ec52a2984abaafd7c3b516503785c2072";
  Queue queue;
  queue.take_over();
  queue.push({"a", "b"});
  queue.claim(kMine, 2);
  queue.redis.command({"HSET", "{q}:deliveries", sha1_of_a, "1"});
  queue.redis.command({"HSET", "{q}:deliveries", sha1_of_x, "1"});
  CHECK(queue.settle(kMine, {}, true, {{"1", "0", "1"}})[0].integer == 2);
  CHECK(queue.redis.command({"HKEYS", "{q}:deliveries"}).texts() == Texts{sha1_of_x});
  CHECK(queue.redis.command({"EXISTS", kMine}).integer == 0);
}

TEST_CASE("a reply goes nowhere but into nothing or a list that expires") {
  Queue queue;
  queue.take_over();
  queue.push({R"({"x":"é"})", "b"});
  queue.claim(kMine, 2);
  queue.redis.command({"LPUSH", "precious", "x"});
  const auto settled = queue.settle(
      kMine, {{"1", "0", "precious", "r", "", "", ""}, {"1", "1", "{q}:owner", "r", "", "", ""}},
      true);
  CHECK(settled[1].integer == 2);
  CHECK(queue.redis.command({"LLEN", "precious"}).integer == 1);
  CHECK(queue.redis.command({"GET", "{q}:owner"}).text == "me");
  CHECK(queue.redis.command({"LLEN", "{q}:dead"}).integer == 2);
}

TEST_CASE("a key of a wrong type stops a settlement before it has changed anything") {
  Queue queue;
  queue.take_over();
  queue.push({"a"});
  queue.claim(kMine, 1);
  queue.redis.command({"SET", "{q}:deliveries", "junk"});
  auto client = queue.redis.connect();
  const auto text = script_text(Script::kSettle, true);
  const auto refused = client.command({"EVAL",
                                       text,
                                       "5",
                                       "{q}:batches",
                                       "{q}:deliveries",
                                       "{q}:dead",
                                       "{q}:delayed",
                                       kMine,
                                       "me",
                                       "{q}:",
                                       "60000",
                                       "{}",
                                       "1",
                                       "1",
                                       "0",
                                       "",
                                       "",
                                       "letter",
                                       "",
                                       ""});
  CHECK(refused.is_error());
  CHECK(queue.redis.command({"EXISTS", "{q}:dead"}).integer == 0);
  CHECK(queue.redis.command({"LINDEX", kMine, "0"}).text == "a");
}

TEST_CASE("a hand-back returns what is mine, uncounted, and the ownership") {
  Queue queue;
  queue.take_over();
  queue.push({"a", "b", "c"});
  queue.claim(kMine, 2);
  queue.settle(kMine, {{"1", "0", "", "", "", "", ""}}, false);
  const auto handed = queue.run(
      Script::kHandBack, {"{q}:owner", "{q}:instance:me", "{q}:batches", "q"}, {"me", "{q}:"});
  CHECK(handed.integer == 1);
  CHECK(queue.in_order() == Texts{"b", "c"});
  CHECK(queue.redis.command({"EXISTS", "{q}:owner", "{q}:deliveries", kMine}).integer == 0);
}

TEST_CASE("a stray batch is given back, one's own is not") {
  Queue queue;
  queue.take_over();
  const std::string stray = "{q}:inflight:dead:0000000000000007";
  queue.redis.command({"RPUSH", stray, "a", "dead", "b"});
  const auto adopt = [&](const std::string& batch) {
    return queue.run(Script::kAdopt, {"{q}:owner", "{q}:batches", "{q}:deliveries", "q", batch},
                     {"me", "{q}:"});
  };
  CHECK(adopt(stray).integer == 2);
  CHECK(queue.in_order() == Texts{"a", "b"});
  queue.claim(kMine, 1);
  CHECK(adopt(kMine).integer == 0);
}

TEST_CASE("delayed requests are promoted to the tail when due, and the next moment is told") {
  Queue queue;
  queue.take_over();
  queue.push({"a"});
  queue.redis.command({"ZADD", "{q}:delayed", "1", "0000000000000001x", "1", "0000000000000002y",
                       "99999999999", "0000000000000003z"});
  const auto promoted =
      queue.run(Script::kPromote, {"{q}:owner", "{q}:delayed", "q"}, {"me", "100"});
  CHECK(promoted[0].integer == 2);
  CHECK(promoted[1].integer > 1000000);
  CHECK(queue.in_order() == Texts{"a", "x", "y"});
}

}  // namespace sqlbus::test
