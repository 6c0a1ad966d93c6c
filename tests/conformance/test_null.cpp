#include <doctest/doctest.h>

#include "daemon/session/driver_library.hpp"
#include "tests/conformance/abi_session.hpp"

namespace sqlbus::test {

TEST_CASE("the null driver accepts everything and keeps nothing") {
  const auto loaded = load_driver(SQLBUS_BUILD_DIR "/drivers/null.so");
  REQUIRE(loaded.ok());
  AbiSession session(*loaded->table, {});
  CHECK(loaded->table->dbtype(session.get()) == std::string("NULL"));
  CHECK(session.run("INSERT INTO anything VALUES (1)").affected == 1);
  const auto query = session.run("Select * from anything");
  CHECK(query.ok());
  CHECK(query.affected == 0);
  CHECK(query.rows.empty());
  CHECK(session.run("").sqlstate == "42601");
}

TEST_CASE("the null driver keeps account of its transaction") {
  const auto loaded = load_driver(SQLBUS_BUILD_DIR "/drivers/null.so");
  REQUIRE(loaded.ok());
  AbiSession session(*loaded->table, {});
  CHECK(session.commit().sqlstate == "25P01");
  REQUIRE(session.begin().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  CHECK(session.savepoint(0).ok());
  CHECK(session.rollback_to_savepoint(0).ok());
  CHECK(session.commit().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  bool is_writable = false;
  CHECK(session.ping(is_writable).ok());
  CHECK(is_writable);
}

}  // namespace sqlbus::test
