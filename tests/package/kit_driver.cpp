// A driver by the C++ kit as a stranger sees it: it keeps nothing, and is only built.
#include <cstdint>
#include <memory>
#include <span>
#include <sqlbus/driver_kit.hpp>

namespace {

using sqlbus::driver::DriverError;
using sqlbus::driver::Options;

class KitSession {
 public:
  static std::unique_ptr<KitSession> connect(const Options& options) {
    if (options.text("server").empty()) throw DriverError("08001", "no server is named");
    return std::make_unique<KitSession>();
  }

  const char* dbtype() const noexcept { return "KIT"; }
  void execute(sqlbus_item& item) { item.affected = 0; }
  void begin(sqlbus_access) { state_ = SQLBUS_TRANSACTION_OPEN; }
  void commit(std::span<const sqlbus_ledger_row>) { rollback(); }
  void rollback() { state_ = SQLBUS_TRANSACTION_NONE; }
  sqlbus_transaction transaction() const noexcept { return state_; }
  void savepoint(std::uint32_t) {}
  void rollback_to_savepoint(std::uint32_t) {}
  void reset() { rollback(); }
  void cancel() noexcept {}
  bool ping() { return true; }

 private:
  sqlbus_transaction state_ = SQLBUS_TRANSACTION_NONE;
};

}  // namespace

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  static const sqlbus_driver table = sqlbus::driver::make_table<KitSession>(
      {.name = "kit", .version = "1", .capabilities = SQLBUS_CAN_TRANSACTIONS});
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
}
