// The wire habits of the client of 2018: names in lower case, TYPE "request", BRPOP on the UUID.
#include "tests/integration/scene.hpp"

namespace sqlbus::test {

TEST_CASE("the old client's envelopes work as they are") {
  ON_EACH_STORE(store);
  Scene scene(store);
  const auto ask = [&](const std::string& uuid, const std::string& statement) {
    scene.push(R"({"uuid":")" + uuid + R"(","app":"old","pid":4711,"type":"request","sync":true,)" +
               R"("rchannel":")" + uuid + R"(","timestamp":1527811200,"statement":)" + statement +
               "}");
    return scene.answer(uuid);
  };
  CHECK(ask("u1", R"j("create table t (id integer primary key, n integer)")j").error_id == 0);
  const std::string pair = R"({"update":"update t set n = n + 1 where id = 1",)"
                           R"j("insert":"insert into t values (1, 10)"})j";
  CHECK(ask("u2", pair).affected == 1);
  CHECK(ask("u3", pair).affected == 1);
  scene.push(
      R"({"uuid":"u4","app":"old","pid":4711,"type":"request","sync":false,)"
      R"j("rchannel":"","timestamp":1527811200,"statement":"insert into t values (2, 20)"})j");
  const auto response = ask("u5", R"("select id, n from t order by id")");
  CHECK(response.uuid == "u5");
  REQUIRE(response.rows.size() == 2);
  CHECK(response.rows[0][1].text == "11");
  CHECK(response.rows[1][1].text == "20");
}

}  // namespace sqlbus::test
