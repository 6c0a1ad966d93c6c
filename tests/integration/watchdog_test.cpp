// What systemd is told while the bus runs.
#include <csignal>

#include <string>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/notify_socket.hpp"

namespace sqlbus::test {
namespace {

// A unit with WatchdogSec=400ms.
struct Watched {
  Watched() : systemd(dir / "notify"), scene(Store::kSqlite, options()) {
    bus.emplace(scene.config(), std::vector<std::string>{},
                std::vector<std::string>{"NOTIFY_SOCKET=" + std::string(dir / "notify"),
                                         "WATCHDOG_USEC=400000"});
    REQUIRE(bus->wait_ready());
  }
  static Scene::Options options() {
    return {.limits = "lease = 2s", .redis_lines = "operate_timeout = 1s", .starts_bus = false};
  }
  // So many signs of life that have not been looked at yet.
  bool is_fed(int times) {
    while (!systemd.receive().empty()) continue;  // old ones
    int seen = 0;
    return eventually([&] {
      for (std::string text; !(text = systemd.receive()).empty();) seen += text == "WATCHDOG=1";
      return seen >= times;
    });
  }
  bool has_logged(std::string_view text) {
    return eventually([&] { return bus->log().find(text) != std::string::npos; },
                      std::chrono::seconds(30));
  }

  TempDir dir;
  NotifySocket systemd;
  Scene scene;
  std::optional<PrivateBus> bus;
};

}  // namespace

TEST_CASE("the watchdog is fed while the bus works, is paused, or has no Redis") {
  Watched watched;
  CHECK(watched.is_fed(3));
  CHECK(run_sqlbus({"pause", "--config", watched.bus->config_file()}).code == 0);
  REQUIRE(watched.has_logged("queue paused"));
  CHECK(watched.is_fed(3));
  watched.scene.redis().kill9();
  REQUIRE(watched.has_logged("redis not reachable"));
  CHECK(watched.is_fed(3));
}

TEST_CASE("a Redis that takes connections and says nothing is no reason to be killed") {
  Watched watched;
  watched.scene.redis().pause();
  REQUIRE(watched.has_logged("redis not reachable"));
  CHECK(watched.is_fed(10));
  watched.scene.redis().resume();
  CHECK(watched.scene.value("select 1") == "1");
  CHECK(watched.is_fed(3));
}

TEST_CASE("a daemon whose loop hangs feeds nobody") {
  Watched watched;
  REQUIRE(watched.is_fed(1));
  watched.bus->process().kill(SIGSTOP);
  while (!watched.systemd.receive().empty()) continue;  // what was on its way
  CHECK_FALSE(eventually([&] { return !watched.systemd.receive().empty(); },
                         std::chrono::milliseconds(1200)));
  watched.bus->process().kill(SIGCONT);
  CHECK(watched.is_fed(2));
}

TEST_CASE("systemctl status shows what the bus does") {
  Watched watched;
  std::string status;
  const auto is_told = eventually(
      [&] {
        for (std::string text; !(text = watched.systemd.receive()).empty();) {
          if (text.starts_with("STATUS=") && text.find("requests/s") != std::string::npos) {
            status = text;
          }
        }
        return !status.empty();
      },
      std::chrono::seconds(30));
  REQUIRE(is_told);
  CHECK(status == "STATUS=idle: 0.0 requests/s, in the queue 0");
}

}  // namespace sqlbus::test
