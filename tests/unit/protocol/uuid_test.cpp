#include "protocol/uuid.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace sqlbus {
namespace {

std::uint64_t timestamp_ms(const std::string& uuid) {
  const std::string digits = uuid.substr(0, 8) + uuid.substr(9, 4);
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

// What a forked child makes.
std::string uuid_of_child() {
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string uuid = make_uuid_v7();
    const auto written = write(pipe_ends[1], uuid.data(), uuid.size());
    _exit(written == 36 ? 0 : 1);
  }
  close(pipe_ends[1]);
  std::string uuid(36, '\0');
  CHECK(read(pipe_ends[0], uuid.data(), uuid.size()) == 36);
  close(pipe_ends[0]);
  waitpid(child, nullptr, 0);
  return uuid;
}

}  // namespace

TEST_CASE("a UUID has the form, version and variant of RFC 9562, and the time") {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ms = std::chrono::duration_cast<milliseconds>(now).count();
  const std::string uuid = make_uuid_v7();
  REQUIRE(uuid.size() == 36);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) CHECK(uuid[dash] == '-');
  CHECK(std::ranges::count(uuid, '-') == 4);
  CHECK(uuid.find_first_not_of("0123456789abcdef-") == std::string::npos);
  CHECK(uuid[14] == '7');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
  CHECK(timestamp_ms(uuid) + 60'000 > static_cast<std::uint64_t>(now_ms));
}

TEST_CASE("a UUID carries the time that it is made for, unless that lies behind the last one") {
  const EpochTime later = system_now() + std::chrono::hours{1};
  std::string uuid = "whatever was there";
  make_uuid_v7(later, uuid);
  CHECK(uuid.size() == 36);
  const auto later_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(later.time_since_epoch());
  CHECK(timestamp_ms(uuid) == static_cast<std::uint64_t>(later_ms.count()));
  CHECK(make_uuid_v7() > uuid);
}

TEST_CASE("UUIDs of one thread are in order, also a hundred thousand in few milliseconds") {
  std::string last = make_uuid_v7();
  bool in_order = true;
  for (int i = 0; i < 100'000; ++i) {
    std::string next = make_uuid_v7();
    in_order = in_order && last < next;
    last = std::move(next);
  }
  CHECK(in_order);
}

TEST_CASE("UUIDs of several threads are distinct, in what follows the time as well") {
  std::array<std::vector<std::string>, 4> made;
  {
    std::vector<std::jthread> threads;
    threads.reserve(made.size());
    for (auto& uuids : made) {
      threads.emplace_back([&uuids] {
        for (int i = 0; i < 5'000; ++i) uuids.push_back(make_uuid_v7());
      });
    }
  }
  std::vector<std::string> all;
  std::vector<std::string> random_parts;
  for (const auto& uuids : made) {
    CHECK(std::ranges::is_sorted(uuids));
    for (const auto& uuid : uuids) {
      all.push_back(uuid);
      random_parts.push_back(uuid.substr(19));
    }
  }
  for (auto* texts : {&all, &random_parts}) {
    std::ranges::sort(*texts);
    CHECK(std::ranges::adjacent_find(*texts) == texts->end());
  }
}

TEST_CASE("a forked child does not repeat its parent's or sibling's random bits") {
  make_uuid_v7();
  const std::string first = uuid_of_child().substr(19);
  const std::string second = uuid_of_child().substr(19);
  const std::string own = make_uuid_v7().substr(19);
  CHECK(first != second);
  CHECK(first != own);
  CHECK(second != own);
}

}  // namespace sqlbus
