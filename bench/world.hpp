// The servers of a run, each started when it is first needed, and the bus on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/keys.hpp"
#include "tests/support/private_bus.hpp"
#include "tests/support/private_postgres.hpp"
#include "tests/support/private_redis.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::bench {

// The bus's tables, and their like for the limits, which share the server and nothing else.
inline constexpr const char* kBusTable = "bus_rows";
inline constexpr const char* kLimitTable = "limit_rows";
inline constexpr const char* kSelectTable = "select_rows";  // what queries look at
inline constexpr std::int64_t kSelectRows = 100'000;        // with ids from 1
inline constexpr const char* kLimitLedger = "limit_ledger";

struct BusPlan {
  bool exactly_once = true;
  int lanes = 1;
  std::string queues = std::string(keys::kDefaultQueue);  // highest priority first
};

class World {
 public:
  explicit World(std::int64_t ledger_rows) : ledger_rows_(ledger_rows) {}

  test::PrivateRedis& redis();
  void empty_redis();
  // Durable; with all these tables and both ledgers, which hold `ledger_rows` random ids.
  test::PrivatePostgres& postgres();
  // Empties the tables but for the row that is always there, and Redis.
  void clear_rows();
  // Takes out of the ledgers what has come since they were filled.
  void clear_ledgers();

  test::BusConfig postgres_bus(const BusPlan& plan);
  test::BusConfig sqlite_bus(const std::string& file, const BusPlan& plan);
  // On the database that these lines of its section name.
  test::BusConfig bus(std::string database, const BusPlan& plan);
  std::int64_t ledger_rows() const { return ledger_rows_; }

 private:
  void fill_postgres();

  const std::int64_t ledger_rows_;
  std::optional<test::PrivateRedis> redis_;
  std::optional<test::PrivatePostgres> postgres_;
};

// Starts a bus and ends it again, for what it makes in its database at first.
void start_once(const test::BusConfig& config);
// Throws, with the end of its log, where it does not get ready.
void expect_ready(test::PrivateBus& bus);

}  // namespace sqlbus::bench
