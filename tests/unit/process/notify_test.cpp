#include "daemon/process/notify.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "tests/support/notify_socket.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus {
namespace {

TEST_CASE("systemd is told of each step in one datagram, by path or abstract name") {
  const test::TempDir dir;
  for (const std::string& name :
       {(dir / "notify").string(), "@" + dir.path().string() + "/notify"}) {
    CAPTURE(name);
    test::NotifySocket systemd(name);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    CHECK(notify_ready());
    CHECK(systemd.receive() == "READY=1");
    CHECK(notify_status("degraded: no Redis\nREADY=1"));
    CHECK(systemd.receive() == "STATUS=degraded: no Redis READY=1");
    CHECK(notify_stopping());
    CHECK(systemd.receive() == "STOPPING=1");
    CHECK(notify_reloading());
    CHECK(systemd.receive().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(systemd.receive() == "");
    unsetenv("NOTIFY_SOCKET");
  }
}

TEST_CASE("without systemd nothing is sent, and that is no error") {
  unsetenv("NOTIFY_SOCKET");
  CHECK(notify_ready());
}

TEST_CASE("a socket that nobody holds is an error that is returned") {
  setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
  const Status status = notify_ready();
  unsetenv("NOTIFY_SOCKET");
  REQUIRE_FALSE(status);
  CHECK(status.error().message == "systemd: No such file or directory");
}

}  // namespace
}  // namespace sqlbus
