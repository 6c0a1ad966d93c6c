// What differs between libpqxx 6.4 (Debian 12) and 7.10 (Debian 13).
#pragma once

#include <pqxx/nontransaction>
#include <pqxx/pqxx>
#include <pqxx/version>

#include <string>

namespace sqlbus::postgres {

#if PQXX_VERSION_MAJOR < 7

// A libpqxx connection around one that libpq has made. It owns it, and a lost one is never
// replaced: the settings of the session would be gone without a word.
class PqxxConnection final : public pqxx::connection_base {
 public:
  explicit PqxxConnection(pg_conn* raw) : pqxx::connection_base(policy_), policy_(raw) {
    init();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }
  ~PqxxConnection() noexcept { close(); }

 private:
  class Adopt final : public pqxx::connectionpolicy {
   public:
    explicit Adopt(pg_conn* raw) : pqxx::connectionpolicy(std::string()), raw_(raw) {}
    handle do_startconnect(handle current) override { return current ? current : raw_; }
    handle do_completeconnect(handle current) override { return current; }

   private:
    pg_conn* raw_;
  };

  Adopt policy_;
};

template <typename... Args>
pqxx::result ask(pqxx::transaction_base& transaction, const char* sql, const Args&... args) {
  return transaction.exec_params(sql, args...);
}

#else

class PqxxConnection final : public pqxx::connection {
 public:
  explicit PqxxConnection(pg_conn* raw) : pqxx::connection(seize_raw_connection(raw)) {}
};

template <typename... Args>
pqxx::result ask(pqxx::transaction_base& transaction, const char* sql, const Args&... args) {
  return transaction.exec(sql, pqxx::params{args...});
}

#endif

}  // namespace sqlbus::postgres
