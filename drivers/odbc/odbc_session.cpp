#include "drivers/odbc/odbc_session.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "drivers/odbc/connection_string.hpp"

namespace sqlbus::odbc {
namespace {

using driver::DriverError;
using driver::view_of;
using Kind = StatementText::Kind;

constexpr std::uint32_t kConnectTimeoutMs = 5000;
// Bytes of a packet that are none of the statement or its parameters, generously.
constexpr std::size_t kPacketSpare = 4096;
constexpr std::string_view kSame = "sqlbus_same";  // a savepoint: gone with its transaction

Link::Settings link_settings(const driver::Options& options) {
  const auto timeout_ms = options.number("connect_timeout", kConnectTimeoutMs);
  std::string place;
  for (const auto* name : {"server", "database"}) {
    if (!options.text(name).empty()) place += std::string(options.text(name)) + ": ";
  }
  return {connection_string_of(options), std::move(place),
          timeout_ms / 1000 + (timeout_ms % 1000 != 0 ? 1U : 0U)};
}

std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// A name of ours inside quotes.
std::string harmless(std::string_view name) {
  std::string text(name);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\'' || c == '\\'; }, '_');
  return text;
}

std::string limit_text(std::uint32_t limit_ms, bool in_seconds) {
  if (!in_seconds) return std::to_string(limit_ms);
  auto text = std::to_string(limit_ms / 1000) + ".";
  const auto fraction = std::to_string(limit_ms % 1000);
  return text.append(3 - fraction.size(), '0') + fraction;
}

std::string savepoint_name(std::uint32_t level) { return level == 0 ? "sqlbus_0" : "sqlbus_1"; }

std::size_t size_of(const sqlbus_item& item) {
  auto bytes = item.statement.sql.size;
  for (std::size_t i = 0; i < item.statement.param_count; ++i) {
    bytes += item.statement.params[i].text.size + sizeof(std::int64_t);
  }
  return bytes;
}

}  // namespace

std::unique_ptr<OdbcSession> OdbcSession::connect(const driver::Options& options) {
  return std::make_unique<OdbcSession>(options);
}

OdbcSession::OdbcSession(const driver::Options& options)
    : link_(link_settings(options)),
      dbtype_(in_capitals(link_.dbms_name())),
      application_name_(harmless(options.text("application_name"))),
      prepares_(options.text("prepared_statements") != "no"),
      idle_in_transaction_ms_(options.number("idle_in_transaction_timeout", 0)),
      time_limit_([this] { link_.cancel(); }) {
  try {
    configure();
  } catch (const DriverError& e) {
    throw DriverError(SQLBUS_CONNECTION, e.sqlstate(), e.what(), e.native_code());
  }
}

void OdbcSession::configure() {
  const auto& dialect = link_.dialect();
  if (dialect.name_session != nullptr && !application_name_.empty()) {
    link_.ask(dialect.name_session + application_name_ + dialect.name_session_end);
  }
  if (dialect.idle_limit != nullptr && idle_in_transaction_ms_ > 0) {
    // Whole seconds, where they are seconds.
    const auto limit = dialect.time_limit_in_seconds
                           ? std::to_string((idle_in_transaction_ms_ + 999) / 1000)
                           : std::to_string(idle_in_transaction_ms_);
    link_.command(dialect.idle_limit + limit);
  }
  if (dialect.packet_max != nullptr) {
    packet_max_ = std::stoull(link_.ask(dialect.packet_max).value_or("0"));
  }
  state_ = SQLBUS_TRANSACTION_NONE;
  is_open_ = false;
  lone_access_ = SQLBUS_READ_WRITE;
  row_limit_ = 0;
}

// A server that is sent more hangs up, which would look like a lost connection for ever.
void OdbcSession::check_size(std::size_t bytes) const {
  if (packet_max_ == 0 || bytes + kPacketSpare <= packet_max_) return;
  throw DriverError("54000", "the statement and its parameters have " + std::to_string(bytes) +
                                 " bytes, the server takes " + std::to_string(packet_max_) +
                                 " (max_allowed_packet)");
}

void OdbcSession::execute(sqlbus_item& item) {
  item.affected = run(item, is_open_ ? access_ : static_cast<sqlbus_access>(item.access));
}

std::int64_t OdbcSession::run(const sqlbus_item& item, sqlbus_access access) {
  if (link_.is_lost()) throw DriverError("08003", "the connection is lost");
  check_size(size_of(item));
  const auto sql = view_of(item.statement.sql);
  const Values params(item.statement.params, item.statement.param_count);
  if (!prepares_ || params.empty()) {
    Statement statement(link_, read_statement(sql, link_.dialect()));
    return run(statement, params, item.sink, access);
  }
  auto& statement = statements_.get(link_, sql);
  const bool was_prepared = statement.is_prepared();
  try {
    return run(statement, params, item.sink, access);
  } catch (const DriverError& e) {
    if (link_.is_lost() || !was_prepared || !may_be_stale(e)) throw;
    statements_.forget(sql);
    // In a transaction it cannot be tried again by itself.
    if (is_open_) throw DriverError(SQLBUS_AGAIN, e.sqlstate(), e.what(), e.native_code());
  }
  return run(statements_.get(link_, sql), params, item.sink, access);
}

// What a prepared statement may say of a table that has changed since.
bool OdbcSession::may_be_stale(const driver::DriverError& fault) const {
  const auto state = fault.sqlstate();
  return link_.dialect().doubts_prepared && fault.error_class() == SQLBUS_PERMANENT &&
         (state.starts_with("22") || state.starts_with("42") || state == "0A000" ||
          state == "26000");
}

std::int64_t OdbcSession::run(Statement& statement, Values params, const sqlbus_sink* sink,
                              sqlbus_access access) {
  const auto kind = statement.text().kind;
  const bool may_cut = access == SQLBUS_READS_ONLY && sink != nullptr;
  if (access == SQLBUS_READS_ONLY && link_.dialect().lone_reads == nullptr &&
      kind != Kind::kQuery) {
    throw DriverError("25006", "cannot write in a read-only transaction");
  }
  if (!is_open_) set_lone_access(access);
  if (is_open_ && access == SQLBUS_READ_WRITE && kind == Kind::kOther &&
      link_.dialect().ddl_obeys_session) {
    set_lone_access(access);
  }
  const bool is_hidden = statement.text().returns && sink != nullptr && access == SQLBUS_READ_WRITE;
  if (is_hidden && link_.dialect().hides_returned_rows) {
    throw DriverError("0A000", "the ODBC driver does not tell the rows of RETURNING");
  }
  if (kind == Kind::kQuery && !is_open_ && link_.dialect().refresh != nullptr) {
    link_.ask(link_.dialect().refresh);
  }
  set_row_limit(may_cut && kind == Kind::kQuery ? sink->rows_max : 0);
  const bool is_guarded = guard(kind);
  const TimeLimit::Guard limit(time_limit_);
  std::int64_t affected = 0;
  try {
    affected = statement.run(params, {.sink = sink, .may_cut = may_cut});
  } catch (const DriverError&) {
    settle(kind, is_guarded, true);
    throw;
  }
  settle(kind, is_guarded, false);
  if (kind == Kind::kOther) statements_.clear();
  return affected;
}

// Before a statement that might end the transaction, and begin another one that looks like it.
bool OdbcSession::guard(Kind kind) {
  if (!is_open_ || kind != Kind::kOther || link_.dialect().release == nullptr) return false;
  if (state_ != SQLBUS_TRANSACTION_OPEN) return false;
  link_.command(std::string(link_.dialect().savepoint) + std::string(kSame));
  return true;
}

// What has become of the transaction. A statement that changes or reads rows leaves it as it was
// unless it fails, so that only the others, and failures, cost a look.
void OdbcSession::settle(Kind kind, bool is_guarded, bool has_failed) {
  if (link_.is_lost()) return;
  const auto& dialect = link_.dialect();
  const bool is_plain = kind != Kind::kOther && !has_failed;
  // psqlodbc leaves the transaction open that it has begun for the cursor of a query.
  if (!is_open_ && has_failed && dialect.fails_whole && state_ == SQLBUS_TRANSACTION_NONE) {
    return link_.command("ROLLBACK");
  }
  if (is_plain || (!is_open_ && kind != Kind::kOther)) return;
  if (is_open_ && has_failed && dialect.fails_whole) {
    state_ = SQLBUS_TRANSACTION_FAILED;
    return;
  }
  try {
    if (is_guarded) {
      link_.command(std::string(dialect.release) + std::string(kSame));
      return;
    }
  } catch (const DriverError&) {
    is_open_ = false;
    if (link_.is_lost()) return;
  }
  const auto is_there = sees_transaction();
  if (!is_there) {
    state_ = SQLBUS_TRANSACTION_LOST;
    return;
  }
  if (!*is_there) is_open_ = false;
  state_ = !*is_there ? SQLBUS_TRANSACTION_NONE
           : is_open_ ? SQLBUS_TRANSACTION_OPEN
                      : SQLBUS_TRANSACTION_FOREIGN;
}

// Nothing where the server does not say.
std::optional<bool> OdbcSession::sees_transaction() {
  const auto succeeds = [this](const char* sql) {
    try {
      link_.command(sql);
      return true;
    } catch (const DriverError&) {
      return false;
    }
  };
  const auto yields = [this](const char* sql) -> std::optional<bool> {
    try {
      return link_.ask(sql).value_or("0") != "0";
    } catch (const DriverError&) {
      return std::nullopt;
    }
  };
  switch (link_.dialect().look) {
    case Look::kVariable:
      return yields("SELECT @@in_transaction");
    case Look::kCount:
      return yields("SELECT @@TRANCOUNT");
    case Look::kSavepoint:
      return succeeds("SAVEPOINT sqlbus_look") && succeeds("RELEASE SAVEPOINT sqlbus_look");
    case Look::kBegin:
      if (!succeeds("BEGIN")) return true;
      succeeds("ROLLBACK");
      return false;
    case Look::kNone:
      break;
  }
  return is_open_;
}

// A statement by itself is its own transaction. Most are reads, so what the session may stays as
// it was last and costs nothing.
void OdbcSession::set_lone_access(sqlbus_access access) {
  const auto& dialect = link_.dialect();
  if (access == lone_access_ || dialect.lone_reads == nullptr) return;
  link_.command(access == SQLBUS_READS_ONLY ? dialect.lone_reads : dialect.lone_writes);
  lone_access_ = access;
}

// Where the ODBC driver gathers all rows in memory, it is to get no more than are wanted.
void OdbcSession::set_row_limit(std::size_t rows_max) {
  const auto& dialect = link_.dialect();
  if (rows_max == row_limit_ || dialect.row_limit == nullptr) return;
  link_.command(dialect.row_limit +
                (rows_max == 0 ? dialect.row_limit_none : std::to_string(rows_max)));
  row_limit_ = rows_max;
}

void OdbcSession::begin(sqlbus_access access) {
  if (is_open_ || state_ == SQLBUS_TRANSACTION_FOREIGN) {
    throw DriverError("25001", "a transaction is open");
  }
  const auto& dialect = link_.dialect();
  if (access == SQLBUS_READS_ONLY || dialect.begin_obeys_session) set_lone_access(access);
  if (dialect.begin_write == nullptr) {
    link_.set_autocommit(false);
  } else {
    link_.command(access == SQLBUS_READS_ONLY ? dialect.begin_read : dialect.begin_write);
  }
  is_open_ = true;
  state_ = SQLBUS_TRANSACTION_OPEN;
  access_ = access;
}

void OdbcSession::commit(std::span<const sqlbus_ledger_row> records) {
  require_transaction();
  if (state_ == SQLBUS_TRANSACTION_FAILED) {
    // COMMIT would roll back and call that a success.
    throw DriverError("25P02", "the transaction has failed, it can only be rolled back");
  }
  for (const auto& row : records) record(row);
  try {
    if (link_.dialect().begin_write == nullptr) {
      link_.end_transaction(true);
      link_.set_autocommit(true);
    } else {
      link_.command("COMMIT");
    }
  } catch (const DriverError&) {
    settle(Kind::kOther, false, false);
    throw;
  }
  is_open_ = false;
  state_ = SQLBUS_TRANSACTION_NONE;
}

void OdbcSession::rollback() {
  if (link_.is_lost()) throw DriverError("08003", "the connection is lost");
  const bool is_there = std::exchange(is_open_, false) || state_ != SQLBUS_TRANSACTION_NONE;
  if (!is_there) return;
  if (link_.dialect().begin_write == nullptr) {
    link_.end_transaction(false);
    link_.set_autocommit(true);
  } else {
    link_.command("ROLLBACK");
  }
  state_ = SQLBUS_TRANSACTION_NONE;
}

sqlbus_transaction OdbcSession::transaction() const noexcept {
  return link_.is_lost() ? SQLBUS_TRANSACTION_LOST : state_;
}

void OdbcSession::savepoint(std::uint32_t level) {
  require_transaction();
  link_.command(link_.dialect().savepoint + savepoint_name(level));
}

void OdbcSession::rollback_to_savepoint(std::uint32_t level) {
  require_transaction();
  link_.command(link_.dialect().rollback_to + savepoint_name(level));
  state_ = SQLBUS_TRANSACTION_OPEN;
}

void OdbcSession::require_transaction() const {
  if (link_.is_lost()) throw DriverError("08003", "the connection is lost");
  if (!is_open_) throw DriverError("25P01", "the transaction is over");
}

// Nothing of a session outlives its connection, whatever the database.
void OdbcSession::reset() {
  if (link_.is_lost()) throw DriverError("08003", "the connection is lost");
  rollback();
  statements_.clear();
  own_statements_.clear();
  single_.clear();
  time_limit_.set(std::chrono::milliseconds{0});
  link_.reconnect();
  configure();
}

bool OdbcSession::ping() {
  if (link_.is_lost()) throw DriverError("08003", "the connection is lost");
  const auto* query = link_.dialect().is_writable;
  return query == nullptr || link_.ask(query).value_or("0") == "1";
}

void OdbcSession::set_statement_timeout(std::uint32_t timeout_ms) {
  const auto& dialect = link_.dialect();
  if (dialect.time_limit == nullptr) return time_limit_.set(std::chrono::milliseconds(timeout_ms));
  link_.command(dialect.time_limit + limit_text(timeout_ms, dialect.time_limit_in_seconds));
}

std::size_t OdbcSession::terminate(std::string_view instance) {
  const auto& dialect = link_.dialect();
  if (dialect.sessions_of == nullptr) return 0;
  const auto name = "sqlbus:" + harmless(instance) + ":";
  std::size_t ended = 0;
  for (const auto& id : link_.ask_all(dialect.sessions_of + name + dialect.sessions_of_end)) {
    try {
      link_.command(dialect.end_session + id.value_or("0") + dialect.end_session_end);
      ++ended;
    } catch (const DriverError&) {
      // It has just ended by itself.
      if (link_.is_lost()) throw;
    }
  }
  return ended;
}

std::int64_t OdbcSession::run_own(std::string_view sql, Values params, const sqlbus_sink* sink) {
  auto& statement = own_statements_.get(link_, sql);
  if (!is_open_ && statement.text().kind == Kind::kChange) set_lone_access(SQLBUS_READ_WRITE);
  set_row_limit(0);
  const TimeLimit::Guard limit(time_limit_);
  try {
    return statement.run(params, {.sink = sink});
  } catch (const DriverError&) {
    settle(statement.text().kind, false, true);
    throw;
  }
}

}  // namespace sqlbus::odbc
