// What PostgreSQL can do with the same work, without the bus, on its own table and ledger.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/pg_connection.hpp"
#include "bench/work.hpp"

namespace sqlbus::bench {

inline constexpr std::size_t kLimitGroup = 500;  // works of one transaction, as of the bus

// One connection and one round trip a transaction, every statement prepared but those whose text
// differs each time. With a ledger, its rows go in the same transaction, as one unnest of sorted
// ids. Making the texts and arrays out of the values counts: whoever has rows must do it.
class PostgresLimit {
 public:
  PostgresLimit(const std::string& conninfo, bool has_ledger);

  // Seconds that the work took.
  double run(Shape shape, std::span<const Work> works);

 private:
  void send_group(Shape shape, std::span<const Work> group);
  void send_ledger(std::span<const Work> group);
  void send_unnest(std::span<const Work> group);
  void send_values(std::span<const Work> group);
  void send_each(std::span<const Work> group);

  PgConnection connection_;
  const bool has_ledger_;
};

}  // namespace sqlbus::bench
