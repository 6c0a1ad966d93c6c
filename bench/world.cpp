#include "bench/world.hpp"

#include <stdexcept>
#include <utility>

#include "bench/work.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::size_t kLogEnd = 2000;

// 0x01 and 16 random bytes, as the ledger keeps UUIDs; moments of the last hour.
std::string fill_sql(std::int64_t rows) {
  return "INSERT INTO sqlbus_ledger (id, digest, applied_at, sqlstate, message, answer) "
         "SELECT '\\x01'::bytea || uuid_send(gen_random_uuid()), (random() * 1e18)::bigint, "
         "(extract(epoch FROM now()) * 1e6)::bigint - 3600000000 + i, '', '', '' "
         "FROM generate_series(1, " +
         std::to_string(rows) + ") AS i";
}

}  // namespace

// Redis would rewrite its append-only file whenever that has doubled, which takes one of two cores
// for half a second in some rounds and not in others. Here it is rewritten between the drains.
test::PrivateRedis& World::redis() {
  if (!redis_) {
    redis_.emplace(
        test::PrivateRedis::Options{.arguments = {"--auto-aof-rewrite-percentage", "0"}});
  }
  return *redis_;
}

void World::empty_redis() {
  redis().command({"FLUSHALL"});
  redis().command({"BGREWRITEAOF"});
  const auto is_rewritten = [this] {
    const auto info = redis().command({"INFO", "persistence"}).text;
    return info.find("aof_rewrite_in_progress:0") != std::string::npos &&
           info.find("aof_rewrite_scheduled:0") != std::string::npos;
  };
  if (!test::eventually(is_rewritten)) throw std::runtime_error("Redis does not end its rewrite");
}

test::PrivatePostgres& World::postgres() {
  if (!postgres_) {
    postgres_.emplace(test::PrivatePostgres::Options{.is_durable = true});
    fill_postgres();
  }
  return *postgres_;
}

// The daemon makes its ledger itself: whatever shape it has, the limits work on the same.
void World::fill_postgres() {
  for (const char* table : {kBusTable, kLimitTable}) {
    postgres_->exec(table_ddl(table));
    postgres_->exec(first_row_sql(table));
  }
  postgres_->exec(table_ddl(kSelectTable));
  postgres_->exec("INSERT INTO " + std::string(kSelectTable) +
                  " SELECT i, 'somebody ' || i, i / 100.0, now() FROM generate_series(1, " +
                  std::to_string(kSelectRows) + ") AS i");
  start_once(postgres_bus({}));
  const std::string copy = kLimitLedger;
  postgres_->exec("CREATE TABLE " + copy + " (LIKE sqlbus_ledger INCLUDING ALL)");
  postgres_->exec(fill_sql(ledger_rows_));
  postgres_->exec("INSERT INTO " + copy + " SELECT * FROM sqlbus_ledger");
  postgres_->exec("CREATE TABLE filled AS SELECT coalesce(max(applied_at), 0) AS until FROM " +
                  copy);
  postgres_->exec("VACUUM ANALYZE");
  postgres_->exec("CHECKPOINT");
}

void World::clear_rows() {
  empty_redis();
  if (!postgres_) return;
  for (const char* table : {kBusTable, kLimitTable}) {
    postgres_->exec("TRUNCATE " + std::string(table));
    postgres_->exec(first_row_sql(table));
  }
}

void World::clear_ledgers() {
  for (const std::string table : {"sqlbus_ledger", kLimitLedger}) {
    postgres().exec("DELETE FROM " + table + " WHERE applied_at > (SELECT until FROM filled)");
    postgres().exec("VACUUM " + table);
  }
}

test::BusConfig World::postgres_bus(const BusPlan& plan) { return bus(postgres().section(), plan); }

test::BusConfig World::sqlite_bus(const std::string& file, const BusPlan& plan) {
  return bus(test::sqlite_section(file), plan);
}

test::BusConfig World::bus(std::string database, const BusPlan& plan) {
  database += plan.exactly_once ? "exactly_once = on\n" : "exactly_once = off\n";
  database += "lanes = " + std::to_string(plan.lanes) + "\n";
  test::BusConfig config;
  config.redis_socket = redis().socket();
  config.queue = plan.queues;
  config.database = std::move(database);
  return config;
}

void start_once(const test::BusConfig& config) {
  test::PrivateBus bus(config);
  expect_ready(bus);
  bus.terminate();
}

void expect_ready(test::PrivateBus& bus) {
  if (bus.wait_ready()) return;
  const std::string log = bus.log();
  throw std::runtime_error("the bus does not get ready:\n" +
                           log.substr(log.size() > kLogEnd ? log.size() - kLogEnd : 0));
}

}  // namespace sqlbus::bench
