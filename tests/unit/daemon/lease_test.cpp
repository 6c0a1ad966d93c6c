#include "daemon/intake/lease.hpp"

#include <doctest/doctest.h>

#include "tests/unit/daemon/deliveries.hpp"

namespace sqlbus {

using std::chrono::milliseconds;

TEST_CASE("a lease counts from the sending of its renewal and ends a margin early") {
  Lease lease;
  CHECK_FALSE(lease.is_valid());
  const auto now = boot_time();
  lease.renewed(now, milliseconds(10000));
  CHECK(lease.is_valid());
  CHECK(lease.remaining() <= milliseconds(8000));
  CHECK(lease.remaining() > milliseconds(7000));
  lease.renewed(now - milliseconds(8000), milliseconds(10000));
  CHECK_FALSE(lease.is_valid());
  lease.renewed(now, milliseconds(10000));
  lease.end();
  CHECK_FALSE(lease.is_valid());
}

TEST_CASE("a batch that is gone may not act, whatever the lease says") {
  const auto batch = test::make_batch();
  CHECK(batch->may_act());
  batch->is_gone = true;
  CHECK_FALSE(batch->may_act());
}

}  // namespace sqlbus
