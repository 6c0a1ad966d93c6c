// SIGHUP: the configuration changes while the bus runs.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error_id.hpp"
#include "protocol/request_codec.hpp"
#include "tests/integration/reloading.hpp"
#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

std::string backend_of(Scene& scene, const std::string& database = "main") {
  auto request = scene.request("select pg_backend_pid()");
  request.database = database;
  const auto response = scene.ask(request);
  REQUIRE(response.error_id == 0);
  return response.rows[0][0].text;
}

std::size_t open_files(PrivateBus& bus) {
  const auto folder = "/proc/" + std::to_string(bus.pid()) + "/fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                std::filesystem::directory_iterator()));
}

}  // namespace

TEST_CASE("a file with faults is refused whole, with all of them, and the old one stays") {
  Scene scene(Store::kSqlite);
  const auto bad = scene.config() + "[more]\ndriver = sqlite\ndatabase = /tmp/x.db\nlanes = 0\n" +
                   "colour = red\npassword = ${NO_SUCH_VARIABLE}sesame\n";
  reload(scene.bus(), bad, kRefused);
  const auto line = std::count(bad.begin(), bad.end(), '\n');
  REQUIRE(eventually([&] { return count(scene.bus().log(), kRefused) == 3; }));
  const auto log = scene.bus().log();
  for (const auto at : {line - 2, line - 1, line}) {
    CHECK(count(log, "sqlbus.ini:" + std::to_string(at) + ":") == 1);
  }
  CHECK(count(log, "sesame") == 0);
  CHECK(scene.value("select 1") == "1");
  auto request = scene.request("select 1");
  request.database = "more";
  CHECK(scene.ask(request).error_id == static_cast<int>(ErrorId::kUnknownDatabase));

  reload(scene.bus(), scene.config() + "[more]\ndriver = no_such_driver\n", kRefused);
  CHECK(count(scene.bus().log(), "there is no no_such_driver.so") == 1);
  reload(scene.bus(), scene.config() + "[log]\nfilename = /nowhere/at/all/bus.log\n", kRefused);
  std::filesystem::remove(scene.bus().config_file());
  scene.bus().process().kill(SIGHUP);
  CHECK(eventually([&] { return count(scene.bus().log(), "No such file or directory") >= 2; }));
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("200 reloads under load, half of them refused, lose and repeat nothing") {
  ON_EACH_STORE(store);
  constexpr int kReloads = 200;
  constexpr int kCallers = 10;
  Scene scene(store, {.database_lines = "lanes = 1"});
  REQUIRE(scene.ask("create table t (n " + numbered_key(store) + ", caller integer, i integer)")
              .error_id == 0);
  std::size_t files_before = 0;
  for (int i = 0; i < kReloads; ++i) {
    for (int caller = 0; caller < kCallers; ++caller) {
      auto request = scene.request("insert into t (caller, i) values ($1, $2)", false);
      request.app = "caller" + std::to_string(caller);
      request.statements[0].params = {{Value::Kind::kInteger, caller, {}},
                                      {Value::Kind::kInteger, i, {}}};
      scene.push(request);
    }
    const auto lanes = "lanes = " + std::to_string(i / 2 % 4 + 1);
    const auto config = with(scene.config(), "lanes = 1", lanes);
    if (i % 2 == 0) {
      reload(scene.bus(), config);
    } else {
      reload(scene.bus(), with(config, lanes, "lanes = many"), kRefused);
    }
    // A caller reads what it has written before, on whichever lanes.
    if (i % 20 == 8) {
      auto question = scene.request("select count(*) from t where caller = 3");
      question.app = "caller3";
      CHECK(scene.ask(question).rows[0][0].text == std::to_string(i + 1));
      REQUIRE(scene.is_drained());
      if (i == 8) files_before = open_files(scene.bus());  // with one lane, as at the end
    }
  }
  reload(scene.bus(), with(scene.config(), "lanes = 1", "lanes = 1\ndescriptor = the end"));
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == std::to_string(kReloads * kCallers));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (partition by caller order by n) "
                    "as step from t) x where step <> 1") == "0");
  CHECK(scene.dead_count() == 0);
  CAPTURE(open_files(scene.bus()));
  CAPTURE(files_before);
  // SQLite keeps the descriptor of one that was closed while another has the file open, and uses it
  // again.
  CHECK(eventually([&] { return open_files(scene.bus()) <= files_before + 1; }));
}

TEST_CASE("databases come and go, and the others do not notice") {
  Scene scene(Store::kPostgres);
  const auto backend = backend_of(scene);
  const auto sections = scene.config() + "[more]\n" + sqlite_section(scene.sqlite_file()) +
                        "[again]\n" + scene.postgres().section();
  reload(scene.bus(), sections);
  auto request = scene.request("create table t (i integer)");
  request.database = "more";
  CHECK(scene.ask(request).error_id == 0);
  const auto again = backend_of(scene, "again");
  CHECK(again != backend);
  CHECK(backend_of(scene) == backend);

  reload(scene.bus(), scene.config());
  request = scene.request("select * from t");
  request.database = "more";
  CHECK(scene.ask(request).error_id == static_cast<int>(ErrorId::kUnknownDatabase));
  CHECK(eventually([&] {
    return scene.postgres().query_value("select count(*) from pg_stat_activity where pid = " +
                                        again) == "0";
  }));
  CHECK(backend_of(scene) == backend);

  reload(scene.bus(), sections);
  request = scene.request("select count(*) from t");
  request.database = "more";
  CHECK(scene.ask(request).error_id == 0);
  CHECK(backend_of(scene) == backend);
  const auto log = scene.bus().log();
  CHECK(count(log, "setting=[more]") + count(log, "setting=\"[more]\"") == 3);
}

TEST_CASE("what runs ends where it began; the others do not wait for it") {
  Scene scene(Store::kPostgres, {.database_lines = "lanes = 1"});
  const auto sections = scene.config() + "[beside]\n" + scene.postgres().section();
  reload(scene.bus(), sections);
  REQUIRE(scene.ask("create table gate (i integer)").error_id == 0);
  // Holds the table until the test lets go of it.
  scene.postgres().exec("begin");
  scene.postgres().exec("lock table gate");
  auto running = scene.request("insert into gate values (1)");
  scene.push(running);
  REQUIRE(eventually([&] {
    return scene.postgres().query_value("select count(*) from pg_locks where not granted") == "1";
  }));
  reload(scene.bus(), with(sections, "lanes = 1", "lanes = 2"));
  auto behind = scene.request("select count(*) from gate");
  scene.push(behind);
  auto beside = scene.request("select 7");
  beside.database = "beside";
  CHECK(scene.ask(beside).rows[0][0].text == "7");
  CHECK(scene.redis().command({"EXISTS", running.rchannel.str()}).integer == 0);
  scene.postgres().exec("commit");
  CHECK(scene.answer(running.rchannel.view()).error_id == 0);
  CHECK(scene.answer(behind.rchannel.view()).rows[0][0].text == "1");
}

TEST_CASE("a change while its database goes down lets nothing overtake") {
  constexpr int kCallers = 16;
  Scene scene(Store::kPostgres, {.database_lines = "lanes = 2\nconnect_timeout = 1s"});
  REQUIRE(scene.ask("create table t (n serial, caller integer, i integer)").error_id == 0);
  REQUIRE(scene.ask("create table gate (i integer)").error_id == 0);
  const auto push_all = [&](int sequence) {
    for (int caller = 0; caller < kCallers; ++caller) {
      auto request = scene.request("insert into t (caller, i) values ($1, $2)", false);
      request.app = "caller" + std::to_string(caller);
      request.statements[0].params = {{Value::Kind::kInteger, caller, {}},
                                      {Value::Kind::kInteger, sequence, {}}};
      scene.push(request);
    }
  };
  const auto is_taken = [&] {
    return eventually([&] { return scene.redis().command({"LLEN", kQueue}).integer == 0; });
  };
  // One lane is held up by the gate, the other one loses its session and gets no new one.
  scene.postgres().exec("begin");
  scene.postgres().exec("lock table gate");
  scene.push(scene.request("insert into gate values (1)", false));
  REQUIRE(eventually([&] {
    return scene.postgres().query_value("select count(*) from pg_locks where not granted") == "1";
  }));
  scene.postgres().pause();
  scene.postgres().exec(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like "
      "'sqlbus:%' and pid not in (select pid from pg_locks where not granted)");
  push_all(1);
  REQUIRE(eventually([&] {
    return scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:main"}).integer > 0;
  }));
  push_all(2);
  REQUIRE(is_taken());
  reload(scene.bus(), with(scene.config(), "connect_timeout = 1s", "connect_timeout = 2s"));
  push_all(3);
  REQUIRE(is_taken());
  scene.postgres().exec("commit");
  scene.postgres().resume();
  REQUIRE(eventually(
      [&] {
        return scene.postgres().query_value("select count(*) from t") ==
               std::to_string(3 * kCallers);
      },
      std::chrono::seconds(60)));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (partition by caller order by n) "
                    "as step from t) x where step <> 1") == "0");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("what waits without a name runs on the database that was the default") {
  TempDir dir;
  const auto other = "[other]\n" + sqlite_section(dir / "other.db");
  Scene scene(Store::kSqlite, {.other_sections = other, .starts_bus = false});
  const auto wrong = with(scene.config(), scene.sqlite_file(), "/nowhere/at/all/main.db");
  PrivateBus bus(wrong);
  REQUIRE(bus.wait_ready());
  scene.push(scene.request("create table t (i integer)", false));
  REQUIRE(eventually([&] {
    return scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:main"}).integer == 1;
  }));
  reload(bus, with(scene.config(), "database = main", "database = other"));
  REQUIRE(eventually([&] {
    return scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:waiting:main"}).integer == 0;
  }));
  REQUIRE(scene.is_drained());
  auto request = scene.request("select count(*) from t");
  request.database = "main";
  CHECK(scene.ask(request).error_id == 0);
  CHECK(scene.ask("select count(*) from t").error_id != 0);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a server that is corrected by a reload gets what waited, in order") {
  Scene scene(Store::kSqlite, {.starts_bus = false});
  const auto wrong = with(scene.config(), scene.sqlite_file(), "/nowhere/at/all/main.db");
  PrivateBus bus(wrong);
  REQUIRE(bus.wait_ready());
  scene.push(scene.request("create table t (n integer primary key, i integer)", false));
  constexpr int kRows = 600;
  for (int i = 0; i < kRows; ++i) {
    scene.push(scene.request("insert into t (i) values (" + std::to_string(i) + ")", false));
  }
  REQUIRE(eventually([&] {
    return scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:main"}).integer ==
           kRows + 1;
  }));
  reload(bus, scene.config());
  REQUIRE(eventually([&] {
    return scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:main"}).integer == 0;
  }));
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == std::to_string(kRows));
  CHECK(scene.value("select count(*) from t where n <> i + 1") == "0");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("what waits for a database that is removed becomes dead letters, with the reason") {
  Scene scene(Store::kSqlite, {.other_sections = "[lost]\ndriver = sqlite\n"
                                                 "database = /nowhere/at/all/lost.db\n"});
  for (int i = 0; i < 20; ++i) {
    auto request = scene.request("insert into t values (1)", false);
    request.database = "lost";
    scene.push(request);
  }
  auto asking = scene.request("select 1");
  asking.database = "lost";
  scene.push(asking);
  REQUIRE(eventually([&] {
    return scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:lost"}).integer == 21;
  }));
  const auto config = scene.config();
  reload(scene.bus(), config.substr(0, config.find("[lost]")));
  CHECK(scene.answer(asking.rchannel.view()).error_id ==
        static_cast<int>(ErrorId::kUnknownDatabase));
  REQUIRE(eventually([&] { return scene.dead_count() >= 20; }));
  CHECK(scene.dead().error == ErrorId::kUnknownDatabase);
  CHECK(eventually([&] {
    return scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:waiting:lost"}).integer == 0;
  }));
}

TEST_CASE("what takes a restart is named with the reason, and the rest takes effect") {
  Scene scene(Store::kSqlite, {.limits = "lease = 2s\nreply_max = 1MiB"});
  const auto long_query = "select hex(zeroblob(100000))";
  CHECK(scene.ask(long_query).error_id == 0);
  auto config = with(scene.config(), "lease = 2s", "lease = 3s");
  config = with(config, "reply_max = 1MiB", "reply_max = 64KiB\nrequest_max = 2KiB");
  config = with(config, "unix_socket = ", "unix_socket = /nowhere");
  reload(scene.bus(), config + "[log]\nlevel = debug\nformat = json\n");
  const auto log = scene.bus().log();
  CHECK(count(log, "a change that takes a restart") == 2);
  CHECK(count(log, "the daemons beside it count on it") == 1);
  CHECK(scene.ask(long_query).error_id == static_cast<int>(ErrorId::kReplyTooLarge));
  CHECK(scene.ask("select '" + std::string(3000, 'x') + "'").error_id ==
        static_cast<int>(ErrorId::kTooLarge));
  CHECK(count(log, "\"msg\":\"setting changed\"") >= 4);
}

TEST_CASE(
    "queues come, go, and change their rank while requests run; nothing is lost or out of order") {
  ON_EACH_STORE(store);
  const std::vector<std::string> lists{"SqlBusDefaultQueue", "High, SqlBusDefaultQueue, Low",
                                       "Low, High, SqlBusDefaultQueue", "High, SqlBusDefaultQueue"};
  constexpr int kRounds = 40;
  constexpr int kEach = 20;
  Scene scene(store, {.limits = "lease = 1s"});
  REQUIRE(scene.ask("create table t (n " + numbered_key(store) + ", queue varchar(30), i integer)")
              .error_id == 0);
  const std::vector<std::string> queues{"SqlBusDefaultQueue", "High", "Low"};
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kEach; ++i) {
      for (const auto& queue : queues) {
        auto insert = scene.request("insert into t (queue, i) values ('" + queue + "', " +
                                        std::to_string(round * kEach + i) + ")",
                                    false);
        insert.app = Text(queue);  // a caller of its own
        scene.push(encode_request(insert), queue);
      }
    }
    const auto& list = lists[static_cast<std::size_t>(round) % lists.size()];
    reload(scene.bus(), with(scene.config(), "queue = SqlBusDefaultQueue", "queue = " + list));
  }
  reload(scene.bus(), with(scene.config(), "queue = SqlBusDefaultQueue", "queue = " + lists[1]));
  const auto count_all = std::to_string(kRounds * kEach * 3);
  REQUIRE(eventually([&] { return scene.value("select count(*) from t") == count_all; },
                     std::chrono::seconds(60)));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (partition by queue order by n) "
                    "as step from t) x where step <> 1") == "0");
  CHECK(scene.dead_count() == 0);

  reload(scene.bus(), scene.config());
  REQUIRE(eventually([&] {
    return scene.redis().command({"EXISTS", "{High}:owner", "{Low}:owner"}).integer == 0;
  }));
  scene.push("anything", "High");
  CHECK(scene.value("select 1") == "1");
  CHECK(scene.redis().command({"LLEN", "High"}).integer == 1);
}

TEST_CASE("the log is opened again, so that its file can be moved") {
  Scene scene(Store::kSqlite, {.starts_bus = false});
  TempDir dir;
  const std::string file = dir / "bus.log";
  const auto config = scene.config() + "[log]\nfilename = " + file + "\n";
  PrivateBus bus(config);
  const auto has = [&](std::string_view text) {
    return eventually([&] { return count(read_text_file(file), text) > 0; });
  };
  REQUIRE(has("ready"));
  std::filesystem::rename(file, dir / "bus.log.1");
  bus.process().kill(SIGUSR1);
  CHECK(has("log file opened again"));
  std::filesystem::remove(file);
  bus.process().kill(SIGHUP);
  CHECK(has(kReloaded));
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("systemd is told of a reload, and of its end") {
  Scene scene(Store::kSqlite, {.starts_bus = false});
  TempDir dir;
  NotifySocket systemd(dir / "notify");
  PrivateBus bus(scene.config(), {}, {"NOTIFY_SOCKET=" + std::string(dir / "notify")});
  const auto is_told = [&](std::string_view text) {
    return eventually([&] { return systemd.receive().starts_with(text); });
  };
  REQUIRE(is_told("READY=1"));
  for (const auto& config : {scene.config(), std::string("nonsense")}) {
    send_hup(bus, config);
    CHECK(is_told("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(is_told("READY=1"));
  }
  CHECK(scene.value("select 1") == "1");
}

}  // namespace sqlbus::test
