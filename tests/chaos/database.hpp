// The database of a run, seen without the bus.
#pragma once

#include <memory>
#include <string>

#include "tests/support/private_mariadb.hpp"
#include "tests/support/private_postgres.hpp"

namespace sqlbus::chaos {

// Every failure throws std::runtime_error.
class Database {
 public:
  virtual ~Database() = default;

  virtual void exec(const std::string& sql) = 0;
  // The first cell of the first row; empty for NULL and for no row.
  virtual std::string value(const std::string& sql) = 0;

  // Lets nobody else write until unlock(). False where somebody else, stopped perhaps, would not
  // let us within a moment, or the database is away.
  virtual bool lock() = 0;
  virtual void unlock() = 0;

  // The table `effects (caller, number)`, without a key: a second copy of a row is seen.
  virtual void make_tables() = 0;
  // Its rows in the order in which they were written: a line "caller number" each.
  virtual std::string rows() = 0;
};

std::unique_ptr<Database> open_sqlite(const std::string& file);
// Both borrow the server.
std::unique_ptr<Database> open_postgres(test::PrivatePostgres& server);
std::unique_ptr<Database> open_mariadb(test::PrivateMariaDb& server);

}  // namespace sqlbus::chaos
