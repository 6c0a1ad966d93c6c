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
  CHECK(keys::inflight("q", "i", "0001", keys::waiting_origin("db")) ==
        "{q}:inflight:i:0001@waiting:db");
  const auto name = keys::parse_inflight("q", "{q}:inflight:i-1:00ff@waiting:d@b");
  CHECK(name.instance_id == "i-1");
  CHECK(name.sequence == "00ff");
  CHECK(name.origin == "@waiting:d@b");
  CHECK(keys::parse_inflight("q", "{q}:inflight:i:00ff").origin.empty());
  CHECK(keys::parse_inflight("q", "{r}:inflight:i:00ff").instance_id.empty());
  CHECK(keys::origin_list("q", keys::waiting_origin("db")) == keys::waiting("q", "db"));
  CHECK(keys::origin_list("q", keys::kReplayOrigin) == keys::replay("q"));
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
