// What a session on PostgreSQL keeps prepared while its commits are on their way.
#include <doctest/doctest.h>

#include <string>

#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture, "statements that are given up are forgotten behind a commit too") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(run_group(session, {{"DELETE FROM sqlbus_t"}}).ok());
  for (int i = 0; i < 600; ++i) {
    const auto sql = "DELETE FROM sqlbus_t WHERE id = $1 AND " + std::to_string(i) + " = id";
    REQUIRE(session.commit_start().ok());
    const auto answer = run_group(session, {{sql, {integer(1)}}, {sql, {integer(2)}}});
    REQUIRE_MESSAGE(answer.ok(), answer.message);
  }
  REQUIRE(session.commit().ok());
  CHECK(std::stoi(session.run("SELECT count(*) FROM pg_prepared_statements").value()) < 400);
}

}  // namespace sqlbus::test
