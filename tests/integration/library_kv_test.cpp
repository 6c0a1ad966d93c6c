// Small values through libsqlbus.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "client/testing/sqlbus_fake.hpp"
#include "tests/integration/library_handle.hpp"
#include "tests/integration/scene.hpp"

namespace sqlbus::test {
namespace {

class Kv {
 public:
  explicit Kv(const std::string& url, const char* database = nullptr) : bus_(url) {
    REQUIRE(sqlbus_kv_open(bus_.get(), database, 10'000, &kv_) == SQLBUS_E_OK);
  }
  ~Kv() { sqlbus_kv_close(kv_); }
  Kv(const Kv&) = delete;
  Kv& operator=(const Kv&) = delete;

  sqlbus_kv* get() { return kv_; }
  std::string error() const { return sqlbus_kv_error_text(kv_); }
  int set(const char* path, std::string_view value, int64_t lifetime_ms = SQLBUS_KV_FOREVER) {
    const int code = sqlbus_kv_set(kv_, path, value.data(), value.size(), lifetime_ms);
    INFO(error());
    return code;
  }
  // "(none)" where there is none.
  std::string value(const char* path) {
    const void* value = nullptr;
    std::size_t size = 0;
    const int code = sqlbus_kv_get(kv_, path, &value, &size);
    if (code == SQLBUS_E_NOT_FOUND) return "(none)";
    REQUIRE_MESSAGE(code == SQLBUS_E_OK, error());
    return {static_cast<const char*>(value), size};
  }
  std::vector<std::string> names(const char* path, bool is_recursive = false) {
    const char* const* names = nullptr;
    std::size_t count = 0;
    int has_more = -1;
    REQUIRE_MESSAGE(
        sqlbus_kv_ls(kv_, path, is_recursive ? 1 : 0, &names, &count, &has_more) == SQLBUS_E_OK,
        error());
    CHECK(has_more == 0);
    return {names, names + count};
  }

 private:
  LibraryHandle bus_;
  sqlbus_kv* kv_ = nullptr;
};

}  // namespace

TEST_CASE("the library keeps small values, lists them and lets them expire") {
  ON_ALL_STORES(store);
  Scene scene(store);
  Kv kv(scene.redis().socket());
  CHECK(kv.value("a/b") == "(none)");
  const std::string bytes("\0\xFF\n'", 4);
  CHECK_MESSAGE(kv.set("a/b", bytes) == SQLBUS_E_OK, kv.error());
  CHECK(kv.set("a/c/d", "") == SQLBUS_E_OK);
  CHECK(kv.set("e", "short", 3'600'000) == SQLBUS_E_OK);
  CHECK(kv.value("a/b") == bytes);
  CHECK(kv.value("a/c/d").empty());
  CHECK(kv.names(nullptr) == std::vector<std::string>{"a/", "e"});
  CHECK(kv.names("a") == std::vector<std::string>{"b", "c/"});
  CHECK(kv.names("a", true) == std::vector<std::string>{"a/b", "a/c/d"});
  int64_t left_ms = 0;
  CHECK(sqlbus_kv_ttl(kv.get(), "a/b", &left_ms) == SQLBUS_E_OK);
  CHECK(left_ms == SQLBUS_KV_FOREVER);
  CHECK(sqlbus_kv_ttl(kv.get(), "e", &left_ms) == SQLBUS_E_OK);
  CHECK(left_ms > 3'500'000);
  CHECK(left_ms <= 3'600'000);
  CHECK(sqlbus_kv_expire(kv.get(), "e", SQLBUS_KV_FOREVER) == SQLBUS_E_OK);
  CHECK(sqlbus_kv_ttl(kv.get(), "e", &left_ms) == SQLBUS_E_OK);
  CHECK(left_ms == SQLBUS_KV_FOREVER);
  int64_t deleted = -1;
  CHECK(sqlbus_kv_del(kv.get(), "a", 1, &deleted) == SQLBUS_E_OK);
  CHECK(deleted == 2);
  CHECK(sqlbus_kv_del(kv.get(), "a", 1, &deleted) == SQLBUS_E_OK);
  CHECK(deleted == 0);
  CHECK(sqlbus_kv_ttl(kv.get(), "a/b", nullptr) == SQLBUS_E_NOT_FOUND);
  CHECK(sqlbus_kv_expire(kv.get(), "a/b", 1000) == SQLBUS_E_NOT_FOUND);
}

TEST_CASE("what goes wrong with a small value has a code and a text") {
  Fake fake;
  Kv kv(fake.url());
  CHECK(kv.set("a//b", "x") == SQLBUS_E_ARGUMENT);
  CHECK(kv.error().find("empty segment") != std::string::npos);
  CHECK(kv.set("a", "x", 0) == SQLBUS_E_ARGUMENT);
  CHECK(kv.set("a", std::string((std::size_t{16} << 20U) + 1, 'x')) == SQLBUS_E_TOO_LARGE);
  CHECK(sqlbus_kv_set(kv.get(), nullptr, "x", 1, SQLBUS_KV_FOREVER) == SQLBUS_E_ARGUMENT);
  CHECK(sqlbus_kv_set(kv.get(), "a", nullptr, 1, SQLBUS_KV_FOREVER) == SQLBUS_E_ARGUMENT);
  CHECK(sqlbus_kv_get(nullptr, "a", nullptr, nullptr) == SQLBUS_E_ARGUMENT);
  CHECK(sqlbus_kv_open(nullptr, nullptr, 0, nullptr) == SQLBUS_E_ARGUMENT);
  CHECK(fake.requests().empty());
  CHECK(kv.set("a/b", "x") == SQLBUS_E_OK);
  CHECK(kv.error().empty());
  CHECK(fake.requests().front().key == "a");
  CHECK(fake.execute("select count(*) from sqlbus_kv")[0][0] == "1");
  fake.fail_next({.error_id = 1202, .message = "away"});
  CHECK(kv.set("a/b", "y") == SQLBUS_E_UNAVAILABLE);
  CHECK(kv.error().find("away") != std::string::npos);
  CHECK(kv.value("a/b") == "x");
}

TEST_CASE("the library asks once of which kind a database is, and then sends one request a call") {
  Fake fake;
  Kv kv(fake.url(), "pictures");
  CHECK(kv.set("a", "x") == SQLBUS_E_OK);  // the question, the set, the table, the set
  CHECK(fake.requests().size() == 4);
  CHECK(kv.value("a") == "x");
  CHECK(fake.requests().size() == 5);
  CHECK(fake.requests().back().database == "pictures");
}

}  // namespace sqlbus::test
