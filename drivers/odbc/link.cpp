#include "drivers/odbc/link.hpp"

#include <sql.h>
#include <sqlext.h>

#include <cstring>
#include <utility>

#include "drivers/odbc/connection_string.hpp"

namespace sqlbus::odbc {
namespace {

using driver::DriverError;

Environment make_environment() {
  void* raw = nullptr;
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &raw))) throw std::bad_alloc();
  Environment environment(raw);
  SQLSetEnvAttr(raw, SQL_ATTR_ODBC_VERSION, as_pointer(SQL_OV_ODBC3), 0);
  return environment;
}

std::string info(void* connection, SQLUSMALLINT what) {
  char text[256] = {};
  SQLSMALLINT size = 0;
  SQLGetInfo(connection, what, text, sizeof text, &size);
  return text;
}

}  // namespace

Link::Link(Settings settings)
    : settings_(std::move(settings)), environment_(make_environment()), dialect_(&dialect_of({})) {
  open();
}

Link::~Link() = default;

// What has to be said to an ODBC driver is known once it has told its name.
void Link::open() {
  auto connected = connect(settings_.connection_string);
  const auto keywords = driver_keywords(connected.driver_name);
  if (!keywords.empty() && !settings_.connection_string.ends_with(keywords)) {
    settings_.connection_string = with_keywords(settings_.connection_string, keywords);
    connected = {};
    connected = connect(settings_.connection_string);
  }
  idle_ = {};
  connection_ = std::move(connected.connection);
  dbms_name_ = std::move(connected.dbms_name);
  dialect_ = &dialect_of(dbms_name_);
  is_lost_ = false;
  seen_changes_ = "0";
  try {
    if (dialect_->settings != nullptr) command(dialect_->settings);
    if (dialect_->cancels_apart) idle_ = statement();
    if (dialect_->session_id != nullptr) {
      auto id = ask(dialect_->session_id).value_or("");
      const std::lock_guard lock(running_mutex_);
      session_id_ = std::move(id);
    }
  } catch (const DriverError& e) {
    throw DriverError(SQLBUS_CONNECTION, e.sqlstate(), e.what(), e.native_code());
  }
}

Link::Connected Link::connect(const std::string& string) const {
  void* raw = nullptr;
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, environment_.get(), &raw))) {
    throw std::bad_alloc();
  }
  Connection connection(raw);
  SQLSetConnectAttr(raw, SQL_ATTR_LOGIN_TIMEOUT, as_pointer(settings_.connect_timeout_s), 0);
  const auto result =
      SQLDriverConnect(raw, nullptr, chars(string), static_cast<SQLSMALLINT>(string.size()),
                       nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
  if (!SQL_SUCCEEDED(result)) {
    const auto fault = fault_of(HandleKind::kConnection, raw, Dbms::kOther);
    throw DriverError(SQLBUS_CONNECTION, "08001", settings_.place + fault.what(),
                      fault.native_code());
  }
  return {std::move(connection), info(raw, SQL_DBMS_NAME), info(raw, SQL_DRIVER_NAME)};
}

void Link::reconnect() {
  connection_.reset();
  is_lost_ = true;
  open();
}

StatementHandle Link::statement() {
  // Some drivers do not survive a new statement on a dead link.
  if (is_lost_) throw DriverError("08003", "the connection is lost");
  void* raw = nullptr;
  check(SQLAllocHandle(SQL_HANDLE_STMT, connection_.get(), &raw), HandleKind::kConnection,
        connection_.get());
  return StatementHandle(raw);
}

void Link::check(short result, HandleKind kind, void* handle) {
  if (SQL_SUCCEEDED(result) || result == SQL_NO_DATA) return;
  fail(kind, handle);
}

void Link::fail(HandleKind kind, void* handle) {
  auto fault = fault_of(kind, handle, dialect_->dbms);
  if (fault.error_class() == SQLBUS_CONNECTION) is_lost_ = true;
  const std::lock_guard lock(running_mutex_);
  const bool is_passing =
      fault.error_class() == SQLBUS_PERMANENT || fault.error_class() == SQLBUS_TRANSIENT;
  // A wait for a lock says "busy", a cursor that was closed "invalid state".
  if (was_cancelled_ && is_passing && dialect_->session_id == nullptr) {
    fault = DriverError("57014", "cancelled: " + std::string(fault.what()), fault.native_code());
  }
  throw fault;
}

void Link::command(std::string_view sql) {
  while (!sql.empty()) {
    const auto end = std::min(sql.find('\n'), sql.size());
    const auto one = sql.substr(0, end);
    sql.remove_prefix(std::min(end + 1, sql.size()));
    const auto handle = statement();
    const Running running(*this, handle.get());
    check(SQLExecDirect(handle.get(), chars(one), static_cast<SQLINTEGER>(one.size())),
          handle.get());
  }
}

std::vector<std::optional<std::string>> Link::ask_all(std::string_view sql) {
  const auto handle = statement();
  const Running running(*this, handle.get());
  check(SQLExecDirect(handle.get(), chars(sql), static_cast<SQLINTEGER>(sql.size())), handle.get());
  std::vector<std::optional<std::string>> cells;
  for (;;) {
    const auto fetched = SQLFetch(handle.get());
    check(fetched, handle.get());
    if (fetched == SQL_NO_DATA) return cells;
    char text[256] = {};
    SQLLEN size = 0;
    check(SQLGetData(handle.get(), 1, SQL_C_CHAR, text, sizeof text, &size), handle.get());
    cells.push_back(size == SQL_NULL_DATA ? std::nullopt : std::optional<std::string>(text));
  }
}

// The total grows with every change; the number of the last statement that changed something stays
// where one changes nothing.
std::int64_t Link::changes() {
  const auto answer = ask(dialect_->changes).value_or("0 0");
  const auto blank = answer.find(' ');
  const auto total = answer.substr(0, blank);
  if (std::exchange(seen_changes_, total) == total) return 0;
  return std::stoll(answer.substr(blank + 1));
}

void Link::set_autocommit(bool is_on) {
  const std::uintptr_t value = is_on ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF;
  check(
      SQLSetConnectAttr(connection_.get(), SQL_ATTR_AUTOCOMMIT, as_pointer(value), SQL_IS_UINTEGER),
      HandleKind::kConnection, connection_.get());
}

void Link::end_transaction(bool commits) {
  check(SQLEndTran(SQL_HANDLE_DBC, connection_.get(), commits ? SQL_COMMIT : SQL_ROLLBACK),
        HandleKind::kConnection, connection_.get());
}

Link::Running::Running(Link& link, void* statement) : link_(link) {
  const std::lock_guard lock(link_.running_mutex_);
  link_.running_ = statement;
  link_.was_cancelled_ = false;
}

// Waits for a cancel that is under way, so that it hits nothing else.
Link::Running::~Running() {
  const std::lock_guard lock(link_.running_mutex_);
  link_.running_ = nullptr;
}

void Link::cancel() noexcept {
  const std::lock_guard lock(running_mutex_);
  if (running_ == nullptr) return;
  was_cancelled_ = true;
  try {
    if (dialect_->cancel != nullptr && !session_id_.empty()) {
      cancel_by_id();
    } else {
      SQLCancel(dialect_->cancels_apart ? idle_.get() : running_);
    }
  } catch (const std::exception&) {
    // The statement goes on; whoever wants its end asks again.
  }
}

// SQLCancel of some drivers touches the statement while its own thread does.
void Link::cancel_by_id() const {
  const auto side = connect(settings_.connection_string);
  void* raw = nullptr;
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, side.connection.get(), &raw))) return;
  const StatementHandle handle(raw);
  const auto sql = dialect_->cancel + session_id_ + dialect_->cancel_end;
  SQLExecDirect(raw, chars(sql), static_cast<SQLINTEGER>(sql.size()));
}

}  // namespace sqlbus::odbc
