// What the bus tells about itself: over HTTP, and by the command.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/metrics/metric_table.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

struct Ran {
  int code;
  std::string output;
};

Ran run_program(std::vector<std::string> arguments) {
  TempDir dir;
  ChildProcess program({.argv = std::move(arguments), .output = dir / "out"});
  const auto status = program.wait(std::chrono::seconds(40));
  REQUIRE(status.has_value());
  return {status->code, read_text_file(dir / "out")};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A bus that listens on a unix socket, with time limits that a test can wait for.
struct Watched {
  explicit Watched(Store store)
      : scene(store, {.redis_lines = "operate_timeout = 500ms\n",
                      .other_sections = "[http]\nlisten = " + socket() + "\n"}) {}

  std::string socket() const { return dir / "http.sock"; }
  HttpReply get(const std::string& path) const { return http_get(socket(), path); }
  bool is_state(const std::string& state, int status) const {
    const auto reply = get("/healthz");
    return reply.status == status && holds(reply.body, "\"state\":\"" + state + "\"");
  }
  // The sample of a series, as it is written; the page is asked for anew.
  std::string metric(const std::string& series) const {
    const auto page = "\n" + get("/metrics").body;
    const auto at = page.find("\n" + series + " ");
    if (at == std::string::npos) return "absent";
    const auto value = at + series.size() + 2;
    return page.substr(value, page.find('\n', value) - value);
  }
  bool comes_to(const std::string& series, const std::string& value) const {
    return eventually([&] { return metric(series) == value; });
  }
  Ran status(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{SQLBUS_BUILD_DIR "/sqlbus", "status", "--config",
                                       scene.bus().config_file()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  TempDir dir;
  Scene scene;
};

constexpr const char* kMain = "{database=\"main\"}";
const std::string kOfQueue = "{queue=\"" + std::string(kQueue) + "\"}";

std::string settled(const std::string& outcome, const std::string& errorid) {
  return "sqlbus_requests_settled_total{queue=\"" + std::string(kQueue) + "\",outcome=\"" +
         outcome + "\",errorid=\"" + errorid + "\"}";
}

std::string total(const std::string& name) { return "sqlbus_" + name + kOfQueue; }

}  // namespace

TEST_CASE("metrics count known work exactly") {
  ON_EACH_STORE(store);
  Watched watched(store);
  auto& scene = watched.scene;
  REQUIRE(scene.ask("create table t (i integer primary key)").error_id == 0);
  std::vector<std::string> inserts;
  for (int i = 0; i < 500; ++i) {
    inserts.push_back("insert into t values (" + std::to_string(i) + ")");
  }
  scene.push_all(inserts);
  REQUIRE(scene.is_drained());
  const auto again = scene.request("insert into t values (1000)");
  CHECK_FALSE(scene.ask(again).is_duplicate);
  CHECK(scene.ask(again).is_duplicate);
  CHECK(scene.ask("insert into t values (1)").error_id == -1);
  scene.push(scene.request("insert into t values (2)", false));
  auto late = scene.request("select 1");
  late.deadline = EpochTime(std::chrono::seconds(1));
  CHECK(scene.ask(late).error_id == 1301);
  auto later = scene.request("insert into t values (1001)", false);
  later.not_before =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
      std::chrono::milliseconds(300);
  scene.push(later);
  scene.push("{broken");
  REQUIRE(eventually([&] { return scene.value("select count(*) from t") == "502"; }));
  REQUIRE(scene.is_drained());

  // The table, 500 rows, two single ones, and each look at their number.
  const auto queries = std::stoi(watched.metric(settled("ok", "0"))) - 503;
  CHECK(queries >= 1);
  CHECK(watched.metric(settled("duplicate", "0")) == "1");
  CHECK(watched.metric(settled("failed", "-1")) == "1");
  CHECK(watched.metric(settled("dead", "-1")) == "1");
  CHECK(watched.metric(settled("dead", "1001")) == "1");
  CHECK(watched.metric(settled("failed", "1301")) == "1");
  CHECK(watched.metric(settled("failed", "1302")) == "absent");
  CHECK(watched.metric(total("requests_duplicate_total")) == "1");
  CHECK(watched.metric(total("requests_expired_total")) == "1");
  CHECK(watched.metric(total("dead_letters_total")) == "2");
  CHECK(watched.metric(total("requests_delayed_total")) == "1");
  // One was claimed twice: it was delayed.
  CHECK(watched.metric(total("requests_claimed_total")) == std::to_string(503 + queries + 5 + 1));
  CHECK(watched.metric(total("queue_depth")) == "0");
  CHECK(watched.metric(total("queue_oldest_age_seconds")) == "0");
  CHECK(watched.metric(total("queue_dead_letters")) == "2");
  CHECK(watched.metric(total("queue_owned")) == "1");
  CHECK(watched.comes_to(total("inflight_requests"), "0"));
  const auto ran = std::to_string(503 + queries + 2);  // the failures too; what was known did not
  for (const auto* name : {"queued", "executed", "total"}) {
    CAPTURE(name);
    CHECK(watched.metric("sqlbus_request_" + std::string(name) + "_seconds_count" + kMain) == ran);
  }
  CHECK(watched.metric("sqlbus_database_requests_total{database=\"main\",outcome=\"ok\"}") ==
        std::to_string(503 + queries));
  CHECK(watched.metric("sqlbus_database_requests_total{database=\"main\",outcome=\"failed\"}") ==
        "2");
  CHECK(std::stoi(watched.metric("sqlbus_group_size_requests_count{database=\"main\"}")) < 100);
  CHECK(watched.metric("sqlbus_database_up{database=\"main\"}") == "1");
  CHECK(watched.metric("sqlbus_redis_connects_total{link=\"control\"}") == "1");
  CHECK(watched.metric("sqlbus_build_info{version=\"0.1.0\"}") == "1");
  CHECK(watched.metric("sqlbus_healthy") == "1");
}

TEST_CASE("the page is what Prometheus reads, with each family of the table") {
  Watched watched(Store::kSqlite);
  REQUIRE(watched.scene.ask("select 1").error_id == 0);
  const auto reply = watched.get("/metrics");
  CHECK(reply.status == 200);
  CHECK(holds(reply.head, "Content-Type: text/plain; version=0.0.4"));
  TempDir dir;
  write_text_file(dir / "page", reply.body);
  const std::string read =
      "from prometheus_client.parser import text_string_to_metric_families\n"
      "import sys\n"
      "for f in text_string_to_metric_families(open(sys.argv[1]).read()):\n"
      "  print(f.name + '_total' * (f.type == 'counter'), f.type)\n";
  const auto parsed = run_program({"/usr/bin/python3", "-c", read, dir / "page"});
  CAPTURE(parsed.output);
  REQUIRE(parsed.code == 0);
  std::size_t lines = 0;
  for (const auto& row : metric_table()) {
    CAPTURE(row.name);
    CHECK(holds("\n" + parsed.output,
                "\n" + std::string(row.name) + " " + std::string(to_string(row.kind)) + "\n"));
    ++lines;
  }
  CHECK(static_cast<std::size_t>(std::count(parsed.output.begin(), parsed.output.end(), '\n')) ==
        lines);
  const auto checked =
      run_program({"sh", "-c", "promtool check metrics < " + (dir / "page").string()});
  CAPTURE(checked.output);
  CHECK(checked.code == 0);
}

TEST_CASE("the alerts are rules that Prometheus takes") {
  const auto checked =
      run_program({"promtool", "check", "rules", SQLBUS_SOURCE_DIR "/docs/alerts.yml"});
  CAPTURE(checked.output);
  CHECK(checked.code == 0);
}

TEST_CASE("what waits in Redis is told: for its turn, its time, its database") {
  Watched watched(Store::kPostgres);
  auto& scene = watched.scene;
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  auto later = scene.request("insert into t values (1)", false);
  later.not_before = EpochTime(std::chrono::seconds(4000000000));
  scene.push(later);
  CHECK(watched.comes_to(total("queue_delayed"), "1"));
  const std::string waiting =
      "sqlbus_queue_waiting{queue=\"" + std::string(kQueue) + "\",database=\"main\"}";
  scene.postgres().stop();
  scene.push(scene.request("insert into t values (2)", false));
  CHECK(watched.comes_to(waiting, "1"));
  CHECK(watched.comes_to("sqlbus_database_up{database=\"main\"}", "0"));
  CHECK(watched.metric("sqlbus_lane_state{database=\"main\",lane=\"0\",state=\"down\"}") == "1");
  CHECK(watched.metric("sqlbus_requests_diverted_total{queue=\"" + std::string(kQueue) +
                       "\",database=\"main\"}") == "1");
  const auto ready = watched.get("/readyz");
  CHECK(ready.status == 503);
  CHECK(holds(ready.body, R"("away":["database main"])"));
  CHECK(watched.is_state("idle", 200));
  CHECK(holds(watched.get("/status").body, R"("waiting":{"main":1})"));
  scene.postgres().start();
  CHECK(watched.comes_to(waiting, "0"));
  CHECK(watched.get("/readyz").status == 200);
}

TEST_CASE("a backlog is told with the age of the request that comes next") {
  Watched watched(Store::kSqlite);
  auto& scene = watched.scene;
  scene.bus().process().kill(SIGSTOP);  // it may hold some of them by then, not all
  auto old = scene.request("select 1", false);
  old.timestamp -= std::chrono::seconds(100);
  for (int i = 0; i < 3; ++i) {
    old.uuid = "old-" + std::to_string(i);
    scene.push(old);
  }
  scene.redis().command({"SET", "{SqlBusDefaultQueue}:owner", "another", "PX", "60000"});
  scene.bus().process().kill(SIGCONT);
  REQUIRE(eventually([&] { return watched.is_state("standby", 200); }));
  CHECK(std::stoi(watched.metric(total("queue_depth"))) >= 1);
  CHECK(std::stod(watched.metric(total("queue_oldest_age_seconds"))) >= 100);
  CHECK(watched.metric(total("queue_owned")) == "0");
}

TEST_CASE("a Redis that does not answer is a stuck bus, one that is away is not") {
  Watched watched(Store::kSqlite);
  auto& scene = watched.scene;
  REQUIRE(eventually([&] { return watched.is_state("idle", 200); }));
  CHECK(watched.get("/readyz").status == 200);
  for (const auto* mode : {"ALL", "WRITE"}) {
    CAPTURE(mode);
    REQUIRE_FALSE(scene.redis().connect().command({"CLIENT", "PAUSE", "6000", mode}).is_error());
    CHECK(eventually([&] { return watched.is_state("stuck", 503); }, std::chrono::seconds(5)));
    CHECK(holds(watched.get("/healthz").body, "redis does not answer"));
    CHECK(eventually([&] { return watched.is_state("idle", 200); }, std::chrono::seconds(20)));
    // Its two connections are answered one after the other.
    CHECK(eventually([&] { return watched.metric("sqlbus_healthy") == "1"; }));
  }
  scene.redis().kill9();
  CHECK(eventually([&] { return watched.is_state("redis_down", 200); }));
  const auto ready = watched.get("/readyz");
  CHECK(ready.status == 503);
  CHECK(holds(ready.body, R"("away":["redis"])"));
  // What was known last, with its age.
  CHECK(watched.metric(total("queue_depth")) == "0");
  CHECK(watched.metric("sqlbus_redis_up{link=\"control\"}") == "0");
  scene.redis().restart();
  CHECK(eventually([&] { return watched.get("/readyz").status == 200; }));
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a pop that waits, and a long statement, leave the bus well") {
  Watched watched(Store::kPostgres);
  watched.scene.push(watched.scene.request("select pg_sleep(3)", false));
  const auto is_working = [&] { return watched.is_state("working", 200); };
  REQUIRE(eventually(is_working));
  bool was_always_well = true;
  REQUIRE(eventually([&] {
    was_always_well = was_always_well && watched.get("/healthz").status == 200;
    return !is_working();
  }));
  CHECK(was_always_well);
}

TEST_CASE("only what is there can be had, and only read") {
  Watched watched(Store::kSqlite);
  CHECK(watched.get("/").status == 404);
  CHECK(watched.get("/metrics/").status == 404);
  CHECK(watched.get("/healthz?x=1").status == 200);
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"}) {
    CAPTURE(method);
    const auto reply = http_request(watched.socket(), method, "/metrics");
    CHECK(reply.status == 405);
    CHECK(holds(reply.head, "Allow: GET, HEAD\r\n"));
  }
  const auto head = http_request(watched.socket(), "HEAD", "/status");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(holds(head.head, "Content-Length: "));
}

TEST_CASE("callers who are slow, many or rude hold nothing up") {
  Watched watched(Store::kSqlite);
  std::vector<HttpClient> rude;
  for (int i = 0; i < 100; ++i) {
    rude.emplace_back(watched.socket());
    rude.back().send(i % 2 == 0 ? "GET /metrics HTTP/1.1\r\nHo" : "\x01\x02 nonsense \r\n\r\n");
  }
  CHECK(watched.scene.value("select 1") == "1");
  // As long as they stay there is no room for all; when they go, or are given up, there is.
  rude.erase(rude.begin() + 20, rude.end());
  CHECK(watched.get("/healthz").status == 200);
  HttpClient endless(watched.socket());
  endless.send("GET /metrics HTTP/1.1\r\nX: " + std::string(100000, 'x'));
  CHECK(watched.scene.value("select 2") == "2");
  CHECK(watched.get("/metrics").status == 200);
}

TEST_CASE("an address that cannot be had is a warning, and a reload may mend it") {
  Watched watched(Store::kSqlite);
  PrivateBus other(watched.scene.config());
  REQUIRE(other.wait_ready());
  CHECK(holds(other.log(), "no http: the bus runs without"));
  CHECK(watched.get("/healthz").status == 200);  // of the first
  auto config = watched.scene.config();
  const auto at = config.find("listen = ") + 9;
  const std::string moved = watched.dir / "moved.sock";
  config.replace(at, config.find('\n', at) - at, moved);
  write_text_file(other.config_file(), config);
  other.process().kill(SIGHUP);
  REQUIRE(eventually([&] { return holds(other.log(), "http listens"); }));
  CHECK(http_get(moved, "/healthz").status == 200);
  CHECK(holds(http_get(moved, "/metrics").body, "sqlbus_reloads_total{result=\"ok\"} 1\n"));
  write_text_file(other.config_file(), "nonsense");
  other.process().kill(SIGHUP);
  CHECK(eventually([&] {
    return holds(http_get(moved, "/metrics").body, "sqlbus_reloads_total{result=\"refused\"} 1\n");
  }));
}

TEST_CASE("a socket file that a killed bus has left is taken the place of") {
  Watched watched(Store::kSqlite);
  watched.scene.bus().kill9();
  watched.scene.bus().restart();
  REQUIRE(watched.scene.bus().wait_ready());
  CHECK(watched.get("/healthz").status == 200);
}

TEST_CASE("sqlbus status tells of the daemon, its queue and its databases by Redis alone") {
  ON_EACH_STORE(store);
  Scene scene(store, {.limits = "lease = 1s"});
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  scene.push(scene.request("insert into nowhere values (1)", false));
  REQUIRE(eventually([&] { return scene.dead_count() == 1; }));
  const auto status = [&](bool as_json = false) {
    std::vector<std::string> arguments{SQLBUS_BUILD_DIR "/sqlbus", "status", "--config",
                                       scene.bus().config_file()};
    if (as_json) arguments.emplace_back("--json");
    return run_program(arguments);
  };
  const auto says = [&](const std::string& part) {
    return eventually([&] { return holds(status().output, part); });
  };
  CHECK(says("ok 1, duplicates 0, failed 0, dead 1, expired 0"));
  CHECK(says("idle for "));
  CHECK(says("dead letters 1"));
  CHECK(says("main *"));
  CHECK(holds(status().output, "pid " + std::to_string(scene.bus().pid())));
  CHECK(says("LATENCY  REQUESTS  QUEUED 50%"));
  CHECK(eventually(
      [&] { return holds(status(true).output, R"("latency":{"requests":2,"queued_p50_s":)"); }));
  CHECK(status().code == 0);
  const auto json = status(true);
  CHECK(json.code == 0);
  CHECK(holds(json.output, R"("dead_letters":1)"));
  CHECK(holds(json.output, R"("state":"idle")"));
  TempDir dir;
  write_text_file(dir / "json", json.output);
  CHECK(run_program({"/usr/bin/python3", "-m", "json.tool", dir / "json"}).code == 0);

  scene.bus().terminate();
  const auto gone = status();
  CHECK(gone.code == 1);
  CHECK(holds(gone.output, "NO DAEMON RUNS"));
  CHECK(holds(status(true).output, R"("owner":null)"));
  scene.redis().kill9();
  CHECK(status().code == 3);
}

TEST_CASE("sqlbus status says which database is away, and why") {
  Watched watched(Store::kPostgres);
  watched.scene.postgres().stop();
  watched.scene.push(watched.scene.request("select 1", false));
  REQUIRE(eventually([&] { return holds(watched.status().output, "waiting for main: 1"); }));
  REQUIRE(eventually([&] { return holds(watched.status().output, "last error"); }));
  const auto shown = watched.status().output;
  CAPTURE(shown);
  CHECK(holds(shown, "DOWN"));
  CHECK(holds(shown, "  main: "));
  CHECK(holds(shown, "NOT READY"));
  CHECK(holds(shown, "database not available, its requests wait"));
  CHECK(holds(watched.status({"--json"}).output, R"("waiting":{"main":1})"));
}

}  // namespace sqlbus::test
