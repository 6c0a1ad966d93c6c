// The PostgreSQL driver, on a server of its own.
#include <stdexcept>

#include "daemon/session/driver_library.hpp"
#include "tests/conformance/subject.hpp"
#include "tests/support/private_postgres.hpp"

namespace sqlbus::test {
namespace {

class PostgresSubject final : public Subject {
 public:
  std::string driver_path() const override { return SQLBUS_BUILD_DIR "/drivers/postgres.so"; }
  const char* dbtype() const override { return "POSTGRESQL"; }
  Options options() override {
    return {{"server", server_.host()},
            {"username", "postgres"},
            {"database", "postgres"},
            {"connect_timeout", "5000"},
            {"application_name", "sqlbus:conformance:0"}};
  }
  Options unreachable() const override {
    return {{"server", server_.host() + "/absent"},
            {"username", "postgres"},
            {"password", "s3cret"},
            {"database", "postgres"}};
  }
  const Dialect& dialect() const override { return dialect_; }
  std::vector<ColumnCase> column_cases() const override {
    return column_cases_of(dbtype(), dialect_);
  }
  bool kill_sessions() override {
    server_.exec(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE application_name LIKE 'sqlbus:%'");
    return true;
  }
  void clear() override {
    server_.exec(
        "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

 private:
  PrivatePostgres server_;
  Dialect dialect_ = dialect_of("POSTGRESQL");
};

}  // namespace

Subject& subject() {
  static PostgresSubject instance;
  return instance;
}

const sqlbus_driver& driver() {
  static const auto loaded = load_driver(subject().driver_path());
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded->table;
}

}  // namespace sqlbus::test
