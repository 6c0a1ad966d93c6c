// A database that accepts everything and keeps nothing: what remains is the cost of the bus alone.
#include <memory>
#include <span>
#include <string_view>

#include "drivers/driver_kit.hpp"

namespace {

using sqlbus::driver::DriverError;
using sqlbus::driver::Options;

class NullSession {
 public:
  static std::unique_ptr<NullSession> connect(const Options&) {
    return std::make_unique<NullSession>();
  }

  const char* dbtype() const noexcept { return "NULL"; }

  // A statement that is no query counts as one row changed; a query has no rows and no columns.
  void execute(sqlbus_item& item) {
    const auto sql = sqlbus::driver::view_of(item.statement.sql);
    if (sql.empty()) throw DriverError("42601", "empty statement");
    if (sqlbus::driver::has_nul(sql)) throw DriverError("42601", "the statement holds a NUL");
    item.affected = is_query(sql) ? 0 : 1;
  }

  void begin(sqlbus_access) {
    if (is_open_) throw DriverError("25001", "a transaction is open");
    is_open_ = true;
  }
  void commit(std::span<const sqlbus_ledger_row>) { end(); }
  void rollback() { end(); }
  sqlbus_transaction transaction() const noexcept {
    return is_open_ ? SQLBUS_TRANSACTION_OPEN : SQLBUS_TRANSACTION_NONE;
  }
  void savepoint(std::uint32_t) const { require_open(); }
  void rollback_to_savepoint(std::uint32_t) const { require_open(); }

  void reset() { is_open_ = false; }
  void cancel() noexcept {}
  bool ping() { return true; }

 private:
  static bool is_query(std::string_view sql) {
    constexpr std::string_view kSelect = "select";
    if (sql.size() < kSelect.size()) return false;
    for (std::size_t i = 0; i < kSelect.size(); ++i) {
      if ((sql[i] | ' ') != kSelect[i]) return false;
    }
    return true;
  }

  void require_open() const {
    if (!is_open_) throw DriverError("25P01", "no transaction is open");
  }

  void end() {
    require_open();
    is_open_ = false;
  }

  bool is_open_ = false;
};

}  // namespace

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  static const sqlbus_driver table = sqlbus::driver::make_table<NullSession>(
      {.name = "null", .version = "1", .capabilities = SQLBUS_CAN_TRANSACTIONS});
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
}
