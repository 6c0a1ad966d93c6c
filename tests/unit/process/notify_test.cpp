#include "daemon/process/notify.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

#include "daemon/process/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus {
namespace {

// What systemd holds at the other end; a name that begins with '@' is an abstract one.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& name)
      : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (name.starts_with('@')) address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~NotifySocket() { unsetenv("NOTIFY_SOCKET"); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next datagram; empty where there is none.
  std::string receive() {
    std::array<char, 4096> buffer{};
    const ssize_t length = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : "";
  }

 private:
  UniqueFd socket_;
};

TEST_CASE("systemd is told of each step in one datagram, by path or abstract name") {
  const test::TempDir dir;
  for (const std::string& name :
       {(dir / "notify").string(), "@" + dir.path().string() + "/notify"}) {
    CAPTURE(name);
    NotifySocket systemd(name);
    CHECK(notify_ready());
    CHECK(systemd.receive() == "READY=1");
    CHECK(notify_status("degraded: no Redis\nREADY=1"));
    CHECK(systemd.receive() == "STATUS=degraded: no Redis READY=1");
    CHECK(notify_stopping());
    CHECK(systemd.receive() == "STOPPING=1");
    CHECK(systemd.receive() == "");
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
