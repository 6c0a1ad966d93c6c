#include <doctest/doctest.h>

#include <cstring>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture, "the table names the driver, its version and this ABI") {
  CHECK(driver().abi_version == SQLBUS_DRIVER_ABI_VERSION);
  CHECK(driver().struct_size >= sizeof(sqlbus_driver));
  CHECK(std::strlen(driver().name) > 0);
  CHECK(std::strlen(driver().version) > 0);
}

TEST_CASE_FIXTURE(Fixture, "a session tells its DBTYPE and that the server takes writes") {
  auto session = connect();
  CHECK(driver().dbtype(session.get()) == std::string(subject().dbtype()));
  bool is_writable = false;
  CHECK(session.ping(is_writable).ok());
  CHECK(is_writable);
}

TEST_CASE_FIXTURE(Fixture, "a database that cannot be reached is a connection error") {
  const auto answer = AbiSession::try_connect(driver(), subject().unreachable());
  CHECK(answer.cls == SQLBUS_CONNECTION);
  CHECK(answer.sqlstate.substr(0, 2) == "08");
  CHECK(answer.message.find("absent") != std::string::npos);
  CHECK(answer.message.find("s3cret") == std::string::npos);
  CHECK(answer.message.find('\n') == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a setting that is no number is named, its value is not") {
  auto options = subject().options();
  for (auto& [name, value] : options) {
    if (name == "busy_timeout" || name == "connect_timeout") value = "s3cret";
  }
  const auto answer = AbiSession::try_connect(driver(), options);
  CHECK_FALSE(answer.ok());
  CHECK(answer.message.find("timeout") != std::string::npos);
  CHECK(answer.message.find("s3cret") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "an unknown setting is passed over") {
  auto options = subject().options();
  options.emplace_back("no_such_setting", "x");
  CHECK(AbiSession::try_connect(driver(), options).ok());
}

TEST_CASE_FIXTURE(Fixture, "a session whose server side was ended is lost for good") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  if (!subject().kill_sessions()) return;
  const auto first = session.run("SELECT 1");
  CHECK_MESSAGE(first.cls == SQLBUS_CONNECTION, first.sqlstate, " ", first.message);
  CHECK_FALSE(first.message.empty());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_LOST);
  CHECK(session.run("SELECT 1").cls == SQLBUS_CONNECTION);
  CHECK(session.commit().cls == SQLBUS_CONNECTION);
  CHECK(session.rollback().cls == SQLBUS_CONNECTION);
  CHECK(session.reset().cls == SQLBUS_CONNECTION);
  bool is_writable = false;
  CHECK(session.ping(is_writable).cls == SQLBUS_CONNECTION);
  session.cancel();
  CHECK(connect().run("SELECT 1").value() == "1");
}

TEST_CASE_FIXTURE(Fixture, "a commit on a lost session is a connection error") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO t VALUES (1, 'a')").ok());
  if (!subject().kill_sessions()) return;
  CHECK(session.commit().cls == SQLBUS_CONNECTION);
  CHECK(connect().run("SELECT count(*) FROM t").value() == "0");
}

TEST_CASE_FIXTURE(Fixture, "the sessions of an instance can be ended by another one") {
  if (driver().terminate == nullptr || !subject().dialect().ends_sessions) return;
  auto victim = connect();
  auto options = subject().options();
  for (auto& [name, value] : options) {
    if (name == "application_name") value = "sqlbus:other:0";
  }
  AbiSession killer(driver(), options);
  std::size_t ended = 0;
  sqlbus_error error{};
  const std::string instance = "conformance";
  CHECK(driver().terminate(killer.get(), {instance.data(), instance.size()}, &ended, &error) ==
        SQLBUS_OK);
  CHECK(ended == 1);
  CHECK(victim.run("SELECT 1").cls == SQLBUS_CONNECTION);
  CHECK(killer.run("SELECT 1").ok());
}

TEST_CASE_FIXTURE(Fixture, "a reset session has no transaction, temporary table or time limit") {
  auto session = connect();
  REQUIRE(session.begin().ok());
  REQUIRE(session.run(kTable).ok());
  CHECK(session.reset().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  if (subject().dialect().commits_ddl) REQUIRE(session.run("DROP TABLE t").ok());
  CHECK(session.run("SELECT count(*) FROM t").sqlstate == "42P01");

  REQUIRE(session.run("CREATE TEMPORARY TABLE own (i INTEGER)").ok());
  if (driver().set_statement_timeout != nullptr) REQUIRE(session.set_statement_timeout(1).ok());
  CHECK(session.reset().ok());
  CHECK(session.run("SELECT count(*) FROM own").sqlstate == "42P01");
  CHECK(session.run(kTable).ok());
}

}  // namespace sqlbus::test
