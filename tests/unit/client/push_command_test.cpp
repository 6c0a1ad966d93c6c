#include "client/library/push_command.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

namespace sqlbus {
namespace {

constexpr std::size_t kKept = 1U << 20U;

}  // namespace

TEST_CASE("a push is one LPUSH with its envelopes in their order") {
  PushCommand push("q", kKept);
  CHECK(push.is_empty());
  push.add("{1}");
  push.add("{22}");
  CHECK(push.count() == 2);
  CHECK(push.resp() == "*4\r\n$5\r\nLPUSH\r\n$1\r\nq\r\n$3\r\n{1}\r\n$4\r\n{22}\r\n");
}

TEST_CASE("a push may grow after it was looked at, and begins anew when it is cleared") {
  PushCommand push("queue", kKept);
  for (int i = 0; i < 98; ++i) push.add("x");
  CHECK(push.resp().starts_with("*100\r\n$5\r\nLPUSH\r\n"));
  push.clear();
  CHECK(push.is_empty());
  push.add("y");
  CHECK(push.resp() == "*3\r\n$5\r\nLPUSH\r\n$5\r\nqueue\r\n$1\r\ny\r\n");
}

TEST_CASE("the memory of a large push is given back") {
  PushCommand push("q", kKept);
  push.add(std::string(4U << 20U, 'x'));
  CHECK(push.bytes() > 4U << 20U);
  push.clear();
  push.add("y");
  CHECK(push.resp().ends_with("\r\n$1\r\ny\r\n"));
}

}  // namespace sqlbus
