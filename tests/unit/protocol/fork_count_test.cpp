#include "protocol/fork_count.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sqlbus {

TEST_CASE("a child of fork knows that it is not its parent") {
  REQUIRE(watch_forks());
  const std::uint64_t own = fork_count();
  const pid_t child = fork();
  if (child == 0) _exit(fork_count() != own ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(fork_count() == own);
}

}  // namespace sqlbus
