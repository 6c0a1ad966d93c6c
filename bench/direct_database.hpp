// A database without the bus: what it can do at most, one durable statement after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sqlbus::bench {

// Every failure throws std::runtime_error.
class DirectDatabase {
 public:
  virtual ~DirectDatabase() = default;

  // One prepared INSERT, committed by itself.
  virtual void insert(std::int64_t number) = 0;
  // One prepared SELECT by the primary key.
  virtual void select(std::int64_t number) = 0;
};

// As durable as the bus's own driver makes it: WAL, synchronous = FULL.
std::unique_ptr<DirectDatabase> open_sqlite(const std::string& file);
std::unique_ptr<DirectDatabase> open_postgres(const std::string& conninfo);

}  // namespace sqlbus::bench
