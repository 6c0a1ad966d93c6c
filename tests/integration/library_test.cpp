// libsqlbus against a real Redis, and a real bus behind it.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/integration/library_handle.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

TEST_CASE("what is sent takes effect, with parameters of every kind") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene
              .ask("create table t (b boolean, i bigint, f double precision, d numeric(9,2), "
                   "s text, x bytea, n integer)")
              .error_id == 0);
  LibraryHandle bus(scene.redis().socket());
  REQUIRE(bus.opened() == SQLBUS_E_OK);
  const sqlbus_param params[] = {sqlbus_param_bool(1),
                                 sqlbus_param_int(-9'000'000'000'000'000'001),
                                 sqlbus_param_double(1),
                                 sqlbus_param_decimal("12.50"),
                                 sqlbus_param_text("sieb\"en"),
                                 sqlbus_param_bytes("\0\xFF", 2),
                                 sqlbus_param_null()};
  sqlbus_request request = library_request("insert into t values ($1, $2, $3, $4, $5, $6, $7)");
  request.params = params;
  request.param_count = std::size(params);
  std::array<char, SQLBUS_UUID_SIZE> uuid{};
  const int sent = sqlbus_send(bus.get(), &request, uuid.data());
  REQUIRE_MESSAGE(sent == SQLBUS_E_OK, bus.error());
  CHECK(std::string_view(uuid.data()).size() == 36);
  REQUIRE(scene.is_drained());
  const Response row = scene.ask("select b, i, f, d, s, x, n from t");
  REQUIRE(row.rows.size() == 1);
  CHECK(row.rows[0][1].text == "-9000000000000000001");
  CHECK(scene.value("select count(*) from t where f = 1.0 and d = 12.5") == "1");
  CHECK(row.rows[0][4].text == "sieb\"en");
  CHECK(row.rows[0][5].text == "AP8=");
  CHECK(row.rows[0][6].is_null);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("what is sent, added and sent again takes effect in this order") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask("create table t (id integer primary key, s text)").error_id == 0);
  LibraryHandle bus(scene.redis().socket());
  CHECK(bus.send("insert into t (s) values ('a')") == SQLBUS_E_OK);
  for (const char* letter : {"b", "c", "d"}) {
    CHECK(bus.add("insert into t (s) values ('" + std::string(letter) + "')") == SQLBUS_E_OK);
  }
  CHECK(bus.count() == 3);
  CHECK(bus.send("insert into t (s) values ('e')") == SQLBUS_E_OK);
  CHECK(bus.count() == 0);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select group_concat(s, '') from (select s from t order by id)") == "abcde");
  CHECK(bus.flush() == 3);
}

TEST_CASE("a request that is sent again under its UUID takes effect once") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  LibraryHandle bus(scene.redis().socket());
  sqlbus_request request = library_request("insert into t values (1)");
  std::array<char, SQLBUS_UUID_SIZE> uuid{};
  REQUIRE(sqlbus_send(bus.get(), &request, uuid.data()) == SQLBUS_E_OK);
  request.uuid = uuid.data();
  CHECK(sqlbus_send(bus.get(), &request, uuid.data()) == SQLBUS_E_OK);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "1");
}

TEST_CASE("a handle belongs to the process that opened it") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  REQUIRE(bus.add("select 1") == SQLBUS_E_OK);
  const pid_t child = fork();
  if (child == 0) {
    std::size_t accepted = 0;
    const bool is_refused = bus.send("select 2") == SQLBUS_E_ARGUMENT &&
                            bus.flush(accepted) == SQLBUS_E_ARGUMENT && accepted == 0;
    sqlbus_close(bus.get());
    _exit(is_refused ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(bus.flush() == 1);
  CHECK(redis.command({"LLEN", kQueue}).integer == 1);
}

TEST_CASE("the clock is that of Redis, also while answers to the buffer are on their way") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.buffer_count_max = 1;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.add("select 1") == SQLBUS_E_OK);
  std::int64_t now_us = 0;
  REQUIRE(sqlbus_now(bus.get(), &now_us) == SQLBUS_E_OK);
  const std::int64_t seconds = std::stoll(redis.command({"TIME"})[0].text);
  CHECK(now_us / 1'000'000 <= seconds);
  CHECK(now_us / 1'000'000 >= seconds - 60);
  CHECK(bus.flush() == 1);
}

TEST_CASE("a program in plain C sends and buffers") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask("create table t (id integer primary key, s text)").error_id == 0);
  TempDir dir;
  ChildProcess caller(
      {.argv = {SQLBUS_BUILD_DIR "/tests/plain_c_caller", "unix://" + scene.redis().socket()},
       .output = dir / "out"});
  const auto status = caller.wait(std::chrono::seconds{30});
  const std::string output = read_text_file(dir / "out");
  CHECK_MESSAGE(status == ExitStatus{.code = 0}, output);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "1001");
  CHECK(scene.value("select s from t where id = 1000") == "row 1000");
}

}  // namespace sqlbus::test
