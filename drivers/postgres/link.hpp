// One connection to a server: libpq makes it, libpqxx owns it and runs the driver's own queries on
// it. What callers send goes by statement_run.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "drivers/driver_kit.hpp"

struct pg_conn;
struct pg_cancel;

namespace pqxx {
class transaction_base;
}

namespace sqlbus::postgres {

class PqxxConnection;

// Belongs to one thread; cancel() may come from another.
class Link {
 public:
  explicit Link(const driver::Options& options);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  pg_conn* raw() const { return raw_; }
  bool is_alive() const;
  int socket() const noexcept;
  sqlbus_transaction transaction() const;  // of the server, whoever opened it

  // Runs queries of the driver itself. The callback uses ask() of pqxx_compat.h.
  void query(const std::function<void(pqxx::transaction_base&)>& body);
  // Commands of the driver itself, such as COMMIT: one or more in one round trip.
  void command(const char* sql);
  // Takes a prepared statement off the server, if it has it. Not in a transaction.
  void deallocate(const std::string& name);

  void cancel() noexcept;

 private:
  struct FreeCancel {
    void operator()(pg_cancel* cancel) const noexcept;
  };

  pg_conn* raw_ = nullptr;  // owned by connection_
  std::unique_ptr<PqxxConnection> connection_;
  std::unique_ptr<pg_cancel, FreeCancel> cancel_;  // made once: it is then safe on any thread
};

}  // namespace sqlbus::postgres
