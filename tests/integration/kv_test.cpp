// `sqlbus kv`: small values by key on real databases.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

SqlbusRun kv(Scene& scene, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "kv");
  arguments.insert(arguments.end(), {"--redis", "unix://" + scene.redis().socket()});
  return run_sqlbus(std::move(arguments));
}

void set(Scene& scene, const std::string& path, const std::string& value) {
  const auto ran = kv(scene, {"set", path, value});
  CHECK_MESSAGE(ran.code == 0, ran.output);
}

// Every byte there is, in an order that no text has.
std::string picture(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 7;
  for (char& c : bytes) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

}  // namespace

TEST_CASE("what is set is got, byte for byte, on every database") {
  ON_ALL_STORES(store);
  Scene scene(store);
  CHECK(kv(scene, {"get", "a/b"}).code == 1);  // there is no table yet
  CHECK(kv(scene, {"ls"}).output.empty());
  set(scene, "a/b", "one");
  CHECK(kv(scene, {"get", "a/b"}).output == "one");
  set(scene, "a/b", "two");
  CHECK(kv(scene, {"get", "a/b"}).output == "two");
  set(scene, "a/empty", "");
  const auto empty = kv(scene, {"get", "a/empty"});
  CHECK(empty.code == 0);
  CHECK(empty.output.empty());
  const auto missing = kv(scene, {"get", "a/c"});
  CHECK(missing.code == 1);
  CHECK(missing.holds("there is no a/c"));
  const TempDir dir;
  const auto bytes = picture(70'001);
  write_text_file(dir / "in", bytes);
  CHECK(kv(scene, {"set", "p/x", "--file", dir / "in"}).code == 0);
  CHECK(kv(scene, {"get", "p/x", "--file", dir / "out"}).code == 0);
  CHECK(read_text_file(dir / "out") == bytes);
  CHECK(kv(scene, {"init"}).code == 0);  // does nothing where all is there
  CHECK(kv(scene, {"get", "a/b"}).output == "two");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("paths nest like folders, whatever characters they have") {
  ON_ALL_STORES(store);
  Scene scene(store);
  for (const auto* path :
       {"a", "a/b", "a/b/c", "a/B", "a/b ", "a/b0", "a0", "a/%_", "ä/ö/ü", "ä/ö"}) {
    set(scene, path, path);
  }
  const auto listed = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ls");
    const auto ran = kv(scene, arguments);
    CHECK_MESSAGE(ran.code == 0, ran.output);
    return ran.output;
  };
  CHECK(listed({}) == "a\na/\na0\nä/\n");
  CHECK(listed({"a"}) == "%_\nB\nb\nb \nb/\nb0\n");
  CHECK(listed({"a/"}) == listed({"a"}));
  CHECK(listed({"ä"}) == "ö\nö/\n");
  CHECK(listed({"ä/ö"}) == "ü\n");
  CHECK(listed({"nothing"}).empty());
  CHECK(listed({"a", "-r"}) == "a/%_\na/B\na/b\na/b \na/b/c\na/b0\n");
  CHECK(listed({"a", "--json"}).find(R"({"names":["%_","B")") == 0);
  CHECK(kv(scene, {"get", "a/b "}).output == "a/b ");
  CHECK(kv(scene, {"get", "a/B"}).output == "a/B");

  CHECK(kv(scene, {"del", "a/%_"}).holds("1 value deleted"));
  CHECK(kv(scene, {"del", "a/%_"}).code == 1);
  CHECK(kv(scene, {"del", "a/b", "-r"}).holds("2 values deleted"));
  CHECK(listed({"-r"}) == "a\na/B\na/b \na/b0\na0\nä/ö\nä/ö/ü\n");
  CHECK(kv(scene, {"del", "a", "-r"}).holds("4 values deleted"));
  CHECK(listed({"-r"}) == "a0\nä/ö\nä/ö/ü\n");
}

TEST_CASE("a value that expires is not seen any more, and goes when another one is set") {
  ON_ALL_STORES(store);
  Scene scene(store);
  CHECK(kv(scene, {"set", "s/long", "y", "--ttl", "1h"}).code == 0);
  CHECK(kv(scene, {"set", "s/short", "x", "--ttl", "200ms"}).code == 0);
  CHECK(eventually([&] { return kv(scene, {"get", "s/short"}).code == 1; }));
  CHECK(kv(scene, {"ls", "s"}).output == "long\n");
  CHECK(kv(scene, {"ttl", "s/short"}).code == 1);
  CHECK(kv(scene, {"ttl", "s/short", "1h"}).code == 1);
  CHECK(kv(scene, {"del", "s/short"}).code == 1);
  CHECK(scene.value("select count(*) from sqlbus_kv") == "2");
  set(scene, "t/other", "z");
  CHECK(scene.value("select count(*) from sqlbus_kv") == "2");
  CHECK(kv(scene, {"ttl", "t/other"}).output == "does not expire\n");
  const auto left = kv(scene, {"ttl", "s/long"}).output;
  CHECK(left.starts_with("35"));  // seconds of an hour
  CHECK(left.ends_with(" s left\n"));
  CHECK(kv(scene, {"ttl", "s/long", "none"}).code == 0);
  CHECK(kv(scene, {"ttl", "s/long"}).output == "does not expire\n");
  CHECK(kv(scene, {"ttl", "s/long", "100ms"}).code == 0);
  CHECK(eventually([&] { return kv(scene, {"get", "s/long"}).code == 1; }));
  CHECK(kv(scene, {"set", "s/long", "again"}).code == 0);
  CHECK(kv(scene, {"get", "s/long"}).output == "again");
}

TEST_CASE("a picture of 16 MiB comes back byte for byte, and a larger one is refused") {
  ON_ALL_STORES(store);
  Scene scene(store);
  if (store == Store::kMariaDb) {
    // Its default is 16 MiB for a statement as a whole.
    scene.mariadb().exec("set global max_allowed_packet = 67108864");
    scene.bus().restart();
    REQUIRE(scene.bus().wait_ready());
  }
  const TempDir dir;
  const auto bytes = picture(std::size_t{16} << 20U);
  write_text_file(dir / "in", bytes);
  const auto ran = kv(scene, {"set", "pictures/large.png", "--file", dir / "in"});
  CHECK_MESSAGE(ran.code == 0, ran.output);
  CHECK(kv(scene, {"get", "pictures/large.png", "--file", dir / "out"}).code == 0);
  CHECK(read_text_file(dir / "out") == bytes);
  write_text_file(dir / "in", bytes + "x");
  const auto refused = kv(scene, {"set", "pictures/large.png", "--file", dir / "in"});
  CHECK(refused.code == 1);
  CHECK(refused.holds("at most 16777216 bytes"));
}

TEST_CASE("requests about one first segment have one KEY, and wrong paths reach nobody") {
  Scene scene(Store::kSqlite);
  for (const auto& path :
       std::vector<std::string>{"", "/a", "a/", "a//b", "a/\xff", std::string(1025, 'x')}) {
    CAPTURE(path);
    CHECK(kv(scene, {"set", path, "x"}).code == 2);
  }
  CHECK(kv(scene, {"set", "a", "x", "--ttl", "soon"}).code == 2);
  CHECK(kv(scene, {"set", "a", "x", "--database", "nowhere"}).holds("nowhere"));
  scene.bus().kill9();
  CHECK(kv(scene, {"get", "top/b/c", "--timeout", "200ms"}).code == 4);
  const auto left = scene.redis().command({"LRANGE", std::string(kQueue), "0", "-1"});
  REQUIRE(left.elements.size() == 1);
  CHECK(left[0].text.find(R"("KEY":"top")") != std::string::npos);
}

}  // namespace sqlbus::test
