#include "protocol/keys.hpp"

#include <doctest/doctest.h>

namespace sqlbus {

TEST_CASE("the keys of a queue carry the names of the protocol") {
  CHECK(keys::kDefaultQueue == "SqlBusDefaultQueue");
  CHECK(keys::prefix("q") == "{q}:");
  CHECK(keys::owner("q") == "{q}:owner");
  CHECK(keys::instance("q", "i") == "{q}:instance:i");
  CHECK(keys::batches("q") == "{q}:batches");
  CHECK(keys::inflight("q", "i", "0001") == "{q}:inflight:i:0001");
  CHECK(keys::inflight_of_waiting("q", "i", "0001", "db") == "{q}:inflight:i:0001@waiting:db");
  CHECK(keys::waiting("q", "db") == "{q}:waiting:db");
  CHECK(keys::delayed("q") == "{q}:delayed");
  CHECK(keys::deliveries("q") == "{q}:deliveries");
  CHECK(keys::dead("q") == "{q}:dead");
  CHECK(keys::replay("q") == "{q}:replay");
  CHECK(keys::control("q") == "{q}:control");
}

TEST_CASE("a queue name has at least one character and no braces") {
  for (const std::string_view name : {"q", "SqlBusDefaultQueue", "a:b", "with space", "\xC3\xA4"}) {
    CHECK(keys::is_queue_name(name));
  }
  for (const std::string_view name : {"", "{q}", "q{", "}q"})
    CHECK_FALSE(keys::is_queue_name(name));
}

}  // namespace sqlbus
