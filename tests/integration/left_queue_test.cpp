// A reload takes a queue away: what is in flight of it, and what Redis makes of it.
#include <sys/types.h>

#include <csignal>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "protocol/error_id.hpp"
#include "protocol/request_codec.hpp"
#include "tests/integration/reloading.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

const std::string kBoth = "SqlBusDefaultQueue, Low";
constexpr std::string_view kHandedBack = "queue handed back";

Scene::Options both_queues(std::string limits = "lease = 1s") {
  return {.limits = std::move(limits), .queue = kBoth};
}

std::string without_low(Scene& scene) {
  return with(scene.config(), "queue = " + kBoth, "queue = SqlBusDefaultQueue");
}

bool has_logged(Scene& scene, std::string_view text, int times = 1) {
  return eventually([&] { return count(scene.bus().log(), text) >= times; });
}

std::int64_t length(Scene& scene, std::string_view list) {
  return scene.redis().command({"LLEN", list}).integer;
}

void push_to_low(Scene& scene, int first, int last) {
  auto client = scene.redis().connect();
  for (int i = first; i < last; ++i) {
    const auto sql = "insert into t (i) values (" + std::to_string(i) + ")";
    client.append({"LPUSH", "Low", encode_request(scene.request(sql, false))});
  }
  for (int i = first; i < last; ++i) REQUIRE_FALSE(client.read().is_error());
}

void make_table(Scene& scene, Store store) {
  REQUIRE(scene.ask("create table t (n " + numbered_key(store) + ", i integer)").error_id == 0);
}

// Values 0 to count - 1, once each, in this order.
void check_all(Scene& scene, int count) {
  INFO(scene.bus().log());
  REQUIRE(eventually(
      [&] {
        return length(scene, "Low") == 0 &&
               scene.redis().command({"KEYS", "{Low}:inflight:*"}).elements.empty();
      },
      std::chrono::seconds(40)));
  CHECK(scene.value("select count(*) from t") == std::to_string(count));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                    "where step <> 1") == "0");
  CHECK(length(scene, "{Low}:dead") == 0);
}

// Of CLIENT LIST: the line that holds `part`.
std::string client_line(Scene& scene, std::string_view part) {
  const auto clients = scene.redis().command({"CLIENT", "LIST"}).text;
  const auto at = clients.find(part);
  if (at == std::string::npos) return {};
  const auto begin = clients.rfind('\n', at) + 1;
  return clients.substr(begin, clients.find('\n', at) - begin);
}

// A number of INFO's, such as "failed_calls=" of the line that begins with `line`.
std::int64_t info_number(Scene& scene, std::string_view section, const std::string& line,
                         const std::string& name) {
  const auto info = scene.redis().command({"INFO", section}).text;
  const auto at = info.find(line);
  const auto value = at == std::string::npos ? at : info.find(name, at);
  return value == std::string::npos ? 0 : std::stoll(info.substr(value + name.size()));
}

}  // namespace

TEST_CASE("a queue that Redis does not take back is offered again; the others do not notice") {
  Scene scene(Store::kSqlite, both_queues());
  make_table(scene, Store::kSqlite);
  REQUIRE(has_logged(scene, "queue owned", 2));
  scene.redis().command({"DEL", "{Low}:batches"});
  scene.redis().command({"SET", "{Low}:batches", "of a wrong type"});
  reload(scene.bus(), without_low(scene));
  REQUIRE(has_logged(scene, "redis does not take the queue back, trying again"));

  const auto refused = [&] {
    return info_number(scene, "commandstats", "cmdstat_evalsha:", "failed_calls=");
  };
  const auto before = refused();
  CHECK(eventually([&] { return refused() >= before + 3; }));
  CHECK(scene.value("select 1") == "1");
  CHECK(length(scene, std::string(kQueue)) == 0);
  const auto log = scene.bus().log();
  CHECK(count(log, "redis does not take the queue back") == 1);
  CHECK(count(log, "WRONGTYPE") == 1);
  CHECK(count(log, "link=sqlbus-control") == 1);  // connected once
  CHECK(count(log, "redis not reachable") == 0);

  scene.redis().command({"DEL", "{Low}:batches"});
  CHECK(has_logged(scene, kHandedBack));
  reload(scene.bus(), scene.config());
  push_to_low(scene, 0, 3);
  check_all(scene, 3);
}

TEST_CASE("a daemon ends although Redis takes a queue of its own not back") {
  Scene scene(Store::kSqlite, both_queues());
  REQUIRE(has_logged(scene, "queue owned", 2));
  scene.redis().command({"DEL", "{Low}:batches"});
  scene.redis().command({"SET", "{Low}:batches", "of a wrong type"});
  CHECK(scene.bus().terminate() == ExitStatus{0, 0});
  const auto log = scene.bus().log();
  CHECK(count(log, "redis does not take the queue back") == 1);
  CHECK(count(log, kHandedBack) == 1);  // the other one
  CHECK(scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:owner"}).integer == 0);
}

TEST_CASE("a queue that is being left is no reply channel, nor is a key of it") {
  Scene scene(Store::kPostgres, both_queues());
  REQUIRE(scene.ask("create table gate (i integer)").error_id == 0);
  REQUIRE(has_logged(scene, "queue owned", 2));
  // Holds Low in its leaving until the test lets go of it.
  scene.postgres().exec("begin");
  scene.postgres().exec("lock table gate");
  auto held = scene.request("insert into gate values (1)");
  held.app = "somebody else";
  scene.push(encode_request(held), "Low");
  REQUIRE(eventually([&] {
    return scene.postgres().query_value("select count(*) from pg_locks where not granted") == "1";
  }));
  reload(scene.bus(), without_low(scene));
  REQUIRE(has_logged(scene, "queue is left"));

  for (const std::string channel : {"Low", "{Low}:replay"}) {
    CAPTURE(channel);
    auto request = scene.request("select 1");
    request.rchannel = channel;
    const auto before = scene.dead_count();
    scene.push(request);
    REQUIRE(eventually([&] { return scene.dead_count() > before; }));
    CHECK(scene.dead().error == ErrorId::kInvalidField);
    CHECK(scene.redis().command({"EXISTS", channel}).integer == 0);
  }
  scene.postgres().exec("commit");
  CHECK(scene.answer(held.rchannel.view()).error_id == 0);
  REQUIRE(has_logged(scene, kHandedBack));
  // Now it is a name like any other.
  auto request = scene.request("select 1");
  request.rchannel = "Low";
  scene.push(request);
  CHECK(scene.answer("Low").error_id == 0);
}

TEST_CASE("a queue keeps what comes, though its name was a reply channel before") {
  Scene scene(Store::kSqlite);
  auto request = scene.request("select 1");
  request.rchannel = "Low";
  scene.push(request);
  REQUIRE(eventually([&] { return length(scene, "Low") == 1; }));
  CHECK(scene.redis().command({"PTTL", "Low"}).integer > 0);
  // Paused, so that what stands there stays.
  scene.redis().command({"HSET", "{Low}:control", "queue", "by hand"});
  reload(scene.bus(), with(scene.config(), "queue = SqlBusDefaultQueue", "queue = " + kBoth));
  REQUIRE(has_logged(scene, "queue owned", 2));
  CHECK(scene.redis().command({"PTTL", "Low"}).integer == -1);
}

TEST_CASE("a claim that is answered after its queue was left goes back, and holds up nobody") {
  ON_EACH_STORE(store);
  const std::string both = "Low, SqlBusDefaultQueue";  // a lane looks at Low's requests first
  Scene scene(store, {.limits = "lease = 20s", .queue = both, .database_lines = "lanes = 1"});
  make_table(scene, store);
  // Paused, it is claimed from each second, in vain.
  scene.redis().command({"HSET", "{Low}:control", "queue", "by hand"});
  REQUIRE(has_logged(scene, "queue paused"));
  push_to_low(scene, 0, 3);
  REQUIRE(scene.redis().command({"CLIENT", "PAUSE", "60000", "WRITE"}).text == "OK");
  std::thread resume([client = scene.redis().connect()]() mutable {
    client.command({"DEL", "{Low}:control"});
  });
  const bool is_resuming = eventually(
      [&] { return client_line(scene, "cmd=del ").find("flags=b") != std::string::npos; });
  // The claims of the queue and of what is to be replayed, one of them behind the other.
  const bool has_claimed = is_resuming && eventually([&] {
                             const auto line = client_line(scene, "name=sqlbus-control");
                             const auto behind = line.find("qbuf=");
                             return line.find("flags=b") != std::string::npos &&
                                    std::stoi(line.substr(behind + 5)) > 100;
                           });
  if (has_claimed) {
    reload(scene.bus(), with(scene.config(), "queue = " + both, "queue = SqlBusDefaultQueue"));
  }
  scene.redis().command({"CLIENT", "UNPAUSE"});
  resume.join();
  REQUIRE(is_resuming);
  REQUIRE(has_claimed);
  REQUIRE(has_logged(scene, kHandedBack));
  CHECK(scene.ask("update t set i = 0").error_id == 0);
  CHECK(length(scene, "Low") == 3);
  reload(scene.bus(), scene.config());
  check_all(scene, 3);
}

TEST_CASE("a queue that is left in the middle of its work, and comes back, loses nothing") {
  ON_EACH_STORE(store);
  constexpr int kRounds = 8;
  constexpr int kEach = 300;
  Scene scene(
      store,
      {.limits = "lease = 20s\nclaim_max = 20", .queue = kBoth, .database_lines = "lanes = 1"});
  make_table(scene, store);
  const auto has_postponed = [&] {
    // Whatever the daemon asks by its control connection now is answered after the reload.
    return client_line(scene, "name=sqlbus-control").find("flags=b") != std::string::npos;
  };
  for (int round = 0; round < kRounds; ++round) {
    CAPTURE(round);
    push_to_low(scene, round * kEach, (round + 1) * kEach);
    REQUIRE(eventually([&] { return length(scene, "Low") < kEach - 20; }));
    REQUIRE(scene.redis().command({"CLIENT", "PAUSE", "60000", "WRITE"}).text == "OK");
    REQUIRE(eventually(has_postponed));
    reload(scene.bus(), without_low(scene));
    REQUIRE(scene.redis().command({"CLIENT", "UNPAUSE"}).text == "OK");
    CHECK(scene.value("select 1") == "1");
    REQUIRE(has_logged(scene, kHandedBack, round + 1));
    CHECK(scene.redis().command({"KEYS", "{Low}:inflight:*"}).elements.empty());
    reload(scene.bus(), scene.config());
  }
  check_all(scene, kRounds * kEach);
}

TEST_CASE("a daemon that dies while it leaves a queue loses nothing, and repeats nothing") {
  ON_EACH_STORE(store);
  constexpr int kCount = 200;
  struct Case {
    std::string point;
    bool is_next_without;  // the queue is configured again later, by a reload
  };
  for (const auto& [point, is_next_without] :
       {Case{"leaving", false}, Case{"leaving", true}, Case{"before_hand_back", false},
        Case{"before_hand_back", true}, Case{"after_hand_back", true}}) {
    CAPTURE(point);
    CAPTURE(is_next_without);
    Scene scene(store, both_queues("lease = 1s\nclaim_max = 20\ngroup_max = 5"));
    make_table(scene, store);
    scene.bus().terminate();
    push_to_low(scene, 0, kCount);
    {
      PrivateBus dying(scene.config(), {}, {"SQLBUS_CRASH_AT=" + point});
      REQUIRE(dying.wait_ready());
      send_hup(dying, without_low(scene));
      const auto status = dying.process().wait(std::chrono::seconds(30));
      REQUIRE(status.has_value());
      CHECK(status->signal == SIGKILL);
    }
    scene.bus().restart(is_next_without ? without_low(scene) : scene.config());
    REQUIRE(scene.bus().wait_ready());
    if (is_next_without) {
      CHECK(scene.value("select 1") == "1");
      reload(scene.bus(), scene.config());
    }
    check_all(scene, kCount);
  }
}

}  // namespace sqlbus::test
