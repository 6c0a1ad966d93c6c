#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <thread>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture, "the table names the driver, its version and this ABI" *
                               doctest::description("sqlbus_driver: abi_version, struct_size, name "
                                                    "and version are those it was built with")) {
  CHECK(driver().abi_version == SQLBUS_DRIVER_ABI_VERSION);
  CHECK(driver().struct_size >= sizeof(sqlbus_driver));
  CHECK(std::strlen(driver().name) > 0);
  CHECK(std::strlen(driver().version) > 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "a session tells its DBTYPE and that the server takes writes" *
                      doctest::description(
                          "dbtype: a text that lives as long as the session; ping: *is_writable")) {
  auto session = connect();
  CHECK(driver().dbtype(session.get()) == std::string(subject().dbtype()));
  bool is_writable = false;
  CHECK(session.ping(is_writable).ok());
  CHECK(is_writable);
}

TEST_CASE_FIXTURE(Fixture,
                  "a database that cannot be reached is a connection error" *
                      doctest::description("connect: SQLBUS_CONNECTION with an SQLSTATE of class "
                                           "08; the message is one line without secrets")) {
  const auto nowhere = subject().unreachable();
  if (lacks(!nowhere.empty(), "--unreachable")) return;
  const auto answer = AbiSession::try_connect(driver(), nowhere);
  CHECK(answer.cls == SQLBUS_CONNECTION);
  CHECK(answer.sqlstate.substr(0, 2) == "08");
  CHECK(answer.message.find(subject().names_unreachable()) != std::string::npos);
  CHECK(answer.message.find("s3cret") == std::string::npos);
  CHECK(answer.message.find('\n') == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "a setting that is no number is named, its value is not" *
                      doctest::description("connect: a setting that cannot be understood is an "
                                           "error that names it and hides its value")) {
  auto options = subject().options();
  for (auto& [name, value] : options) {
    if (name == "busy_timeout" || name == "connect_timeout") value = "s3cret";
  }
  const auto answer = AbiSession::try_connect(driver(), options);
  if (lacks(!answer.ok() || subject().knows_its_numbers(), "a number among the settings")) return;
  CHECK_FALSE(answer.ok());
  CHECK(answer.message.find("timeout") != std::string::npos);
  CHECK(answer.message.find("s3cret") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "an unknown setting is passed over" *
                      doctest::description("sqlbus_option: unknown ones are to be ignored")) {
  auto options = subject().options();
  options.emplace_back("no_such_setting", "x");
  CHECK(AbiSession::try_connect(driver(), options).ok());
}

TEST_CASE_FIXTURE(
    Fixture,
    "a session whose server side was ended is lost for good" *
        doctest::description(
            "SQLBUS_CONNECTION: the session is gone; transaction() says SQLBUS_TRANSACTION_LOST")) {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  if (lacks(subject().kill_sessions(), kEndsSessions)) return;
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

TEST_CASE_FIXTURE(Fixture,
                  "a commit on a lost session is a connection error" *
                      doctest::description(
                          "commit: SQLBUS_CONNECTION where nobody knows whether it took effect")) {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  if (lacks(subject().kill_sessions(), kEndsSessions)) return;
  CHECK(session.commit().cls == SQLBUS_CONNECTION);
  CHECK(connect().run("SELECT count(*) FROM sqlbus_t").value() == "0");
}

TEST_CASE_FIXTURE(Fixture,
                  "the sessions of an instance can be ended by another one" *
                      doctest::description("terminate: ends the sessions that connected with "
                                           "application_name \"sqlbus:<instance>:…\"")) {
  if (lacks(driver().terminate != nullptr && subject().dialect().ends_sessions, "terminate"))
    return;
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

TEST_CASE_FIXTURE(
    Fixture, "a reset session has no transaction, temporary table or time limit" *
                 doctest::description("reset: brings the session back to what connect() made")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.begin().ok());
  REQUIRE(session.run(kTable).ok());
  CHECK(session.reset().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  if (subject().dialect().commits_ddl) REQUIRE(session.run("DROP TABLE sqlbus_t").ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").sqlstate == "42P01");

  REQUIRE(session.run("CREATE TEMPORARY TABLE sqlbus_own (i INTEGER)").ok());
  if (driver().set_statement_timeout != nullptr) REQUIRE(session.set_statement_timeout(1).ok());
  CHECK(session.reset().ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_own").sqlstate == "42P01");
  CHECK(session.run(kTable).ok());
}

TEST_CASE_FIXTURE(Fixture, "a session may go from one thread to another" *
                               doctest::description("a session belongs to one thread at a time, "
                                                    "and not always to the one that made it")) {
  auto session = std::make_unique<AbiSession>(connect());
  REQUIRE(session->run(kTable).ok());
  std::int64_t affected = 0;
  std::thread([&] {
    affected = session->run("INSERT INTO sqlbus_t VALUES (1, 'a')").affected;
  }).join();
  CHECK(affected == 1);
  CHECK(session->run("SELECT word FROM sqlbus_t").value() == "a");
  std::thread([&] { session.reset(); }).join();
  CHECK(connect().run("SELECT count(*) FROM sqlbus_t").value() == "1");
}

}  // namespace sqlbus::test
