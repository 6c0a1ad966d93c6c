#include "drivers/postgres/link.hpp"

#include <libpq-fe.h>

#include <string>
#include <vector>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/pqxx_compat.h"
#include "drivers/postgres/result_ptr.hpp"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;

constexpr std::uint32_t kConnectTimeoutMs = 5000;

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};

// The values go to libpq one by one, so that none needs quoting.
PGconn* connect(const driver::Options& options) {
  const auto timeout_ms = options.number("connect_timeout", kConnectTimeoutMs);
  const std::string timeout_s = std::to_string(timeout_ms / 1000 + (timeout_ms % 1000 != 0));
  const std::string host(options.text("server")), port(options.text("port")),
      user(options.text("username")), password(options.text("password")),
      database(options.text("database")), application(options.text("application_name"));

  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto set = [&](const char* name, const char* value) {
    if (*value == '\0') return;
    names.push_back(name);
    values.push_back(value);
  };
  set("host", host.c_str());
  set("port", port.c_str());
  set("user", user.c_str());
  set("password", password.c_str());
  set("dbname", database.c_str());
  set("application_name", application.c_str());
  if (options.text("target") == "primary") set("target_session_attrs", "primary");
  set("connect_timeout", timeout_s.c_str());
  set("client_encoding", "UTF8");
  // A peer that has gone silently is noticed within a minute, whoever was to speak.
  set("tcp_user_timeout", "60000");
  set("keepalives", "1");
  set("keepalives_idle", "30");
  set("keepalives_interval", "10");
  set("keepalives_count", "3");
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectdbParams(names.data(), values.data(), 0);
}

// The exception of libpqxx at hand as ours. transaction_rollback has no SQLSTATE in 6.4 and is an
// sql_error in 7.10, so it is asked for first.
DriverError fault_at_hand(const PGconn* connection) {
  try {
    throw;
  } catch (const pqxx::deadlock_detected& e) {
    return fault_of(connection, "40P01", one_line(e.what()));
  } catch (const pqxx::serialization_failure& e) {
    return fault_of(connection, "40001", one_line(e.what()));
  } catch (const pqxx::statement_completion_unknown& e) {
    return fault_of(connection, "40003", one_line(e.what()));
  } catch (const pqxx::transaction_rollback& e) {
    return fault_of(connection, "40000", one_line(e.what()));
  } catch (const pqxx::sql_error& e) {
    return fault_of(connection, e.sqlstate(), one_line(e.what()));
  } catch (const pqxx::broken_connection& e) {
    return fault_of(connection, "08006", one_line(e.what()));
  } catch (const pqxx::failure& e) {
    return fault_of(connection, "", one_line(e.what()));
  }
}

}  // namespace

Link::Link(const driver::Options& options) {
  std::unique_ptr<PGconn, Finish> made(connect(options));
  if (!made) throw std::bad_alloc();
  if (PQstatus(made.get()) != CONNECTION_OK) {
    throw DriverError(SQLBUS_CONNECTION, "08001", one_line(PQerrorMessage(made.get())));
  }
  // Notices are for people at a terminal; without this libpq prints them.
  PQsetNoticeProcessor(
      made.get(), [](void*, const char*) {}, nullptr);
  cancel_.reset(PQgetCancel(made.get()));
  if (!cancel_) throw std::bad_alloc();
  raw_ = made.get();
  connection_ = std::make_unique<PqxxConnection>(raw_);
  static_cast<void>(made.release());
}

Link::~Link() = default;

void Link::FreeCancel::operator()(pg_cancel* cancel) const noexcept { PQfreeCancel(cancel); }

bool Link::is_alive() const { return PQstatus(raw_) == CONNECTION_OK; }

int Link::socket() const noexcept { return PQsocket(raw_); }

sqlbus_transaction Link::transaction() const {
  switch (PQtransactionStatus(raw_)) {
    case PQTRANS_IDLE:
      return SQLBUS_TRANSACTION_NONE;
    case PQTRANS_INTRANS:
      return SQLBUS_TRANSACTION_OPEN;
    case PQTRANS_INERROR:
      return SQLBUS_TRANSACTION_FAILED;
    default:
      return SQLBUS_TRANSACTION_LOST;
  }
}

void Link::query(const std::function<void(pqxx::transaction_base&)>& body) {
  // libpqxx 6.4 loses a result's memory when it meets a dead link, so one that is known is not
  // given to it.
  if (!is_alive()) throw DriverError("08003", "the connection is lost");
  try {
    pqxx::nontransaction transaction(*connection_);
    body(transaction);
  } catch (const DriverError&) {
    throw;
  } catch (const std::exception&) {  // all that libpqxx 6 and 7 throw
    throw fault_at_hand(raw_);
  }
}

void Link::command(const char* sql) {
  const ResultPtr result(PQexec(raw_, sql));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw fault_of(raw_, result.get());
}

void Link::deallocate(const std::string& name) {
  const ResultPtr result(PQexec(raw_, ("DEALLOCATE " + name).c_str()));
  if (!is_alive()) throw fault_of(raw_, result.get());
}

void Link::cancel() noexcept {
  char message[256];
  PQcancel(cancel_.get(), message, sizeof message);
}

}  // namespace sqlbus::postgres
