// A session with a database, through whatever driver. Belongs to its lane's thread; only cancel()
// may be called from another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/session/ledger_row.hpp"
#include "drivers/sqlbus_driver.h"
#include "protocol/request.hpp"
#include "protocol/result_encoder.hpp"

namespace sqlbus {

// What a failure means for the bus; the order is that of sqlbus_class.
enum class ErrorClass : std::uint8_t {
  kPermanent = 1,  // the same statement will fail again
  kTransient,      // worth trying again
  kConnection,     // the session is gone; what ran last may or may not have taken effect
  kReadOnly,       // the server or the transaction takes no writes
  kCancelled,
  kUnsupported,
  kAgain,  // nothing is wrong with the statement: run again at once
};

struct DriverFault {
  ErrorClass cls = ErrorClass::kPermanent;
  std::string sqlstate;
  std::int32_t native_code = 0;
  std::string message;
};

// The same statement will fail again, whatever happens meanwhile.
inline bool is_permanent(const DriverFault& fault) {
  return fault.cls == ErrorClass::kPermanent || fault.cls == ErrorClass::kUnsupported;
}

// What a call that yields nothing returns: a fault, or nothing where it went well.
using MaybeFault = std::optional<DriverFault>;

// What a driver's function returned.
MaybeFault fault_of(int cls, const sqlbus_error& error);

enum class Access : std::uint8_t { kReadWrite, kReadsOnly };
// kForeign: one is open that begin() did not open.
enum class TransactionState : std::uint8_t { kNone, kOpen, kFailed, kLost, kForeign };

// Where the rows of a statement go.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void columns(std::vector<Column> columns) = 0;
  virtual ResultEncoder::Verdict row(std::span<const Cell> cells) = 0;
  // No more rows than these will be taken; 0 where that depends on what they hold.
  virtual std::size_t rows_max() const { return 0; }
};

// One statement to run, and what it changed.
struct Execution {
  const Statement* statement = nullptr;
  RowSink* sink = nullptr;             // null: the rows are not wanted
  Access access = Access::kReadWrite;  // of a statement by itself; in a transaction begin()'s
  bool has_savepoint = false;          // in a group: a savepoint of level 0 before it
  bool may_merge = false;              // in a group: with neighbours of this kind
  std::int64_t affected = 0;
};

// What a transaction does before its end; the first step that fails ends it.
struct Group {
  enum class Step : std::uint8_t { kBegin, kLedger, kItems, kCommit };

  bool begins = false;                       // first, for reading and writing
  std::span<const LedgerRow* const> rows{};  // then into the ledger: sorted by id, distinct, new
  std::span<Execution> executions{};         // then these
  // After start_commit(): called once that is committed, maybe while the group runs; else the step
  // that failed is kCommit.
  std::function<void()> on_committed{};
  Step failed_step = Step::kBegin;
  std::size_t completed = 0;  // executions before the one that failed
  std::size_t suspects = 0;   // the one that failed is among so many from there on
};

class Session {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;

  // The option statement_timeout (ms) holds for as long as the session lives.
  static std::variant<Session, DriverFault> connect(const sqlbus_driver& driver,
                                                    const Options& options);

  std::string dbtype() const;
  const sqlbus_driver& driver() const { return *handle_.get_deleter().driver; }

  MaybeFault execute(Execution& execution);
  // In as few round trips as the driver can.
  MaybeFault execute_group(Group& group);

  // One query from an event loop, where driver().capabilities has SQLBUS_CAN_STEP. A fault of
  // start(): it has not begun, execute() may do better. Then step() when the socket can be read,
  // until it says that the query has ended, with `fault` set where it went wrong. The execution
  // stays where it is until then.
  int socket() const { return driver().socket(handle_.get()); }
  MaybeFault start(Execution& execution);
  bool step(MaybeFault& fault);

  MaybeFault begin(Access access);
  // These rows of the ledger get their sqlstate, message and answer before.
  MaybeFault commit(std::span<const LedgerRow> records = {});
  // The same in two halves, where the driver can: between them only execute_group(), which then
  // tells the outcome in place of finish_commit().
  bool can_start_commit() const {
    return driver().commit_start != nullptr && driver().execute_group != nullptr;
  }
  MaybeFault start_commit(std::span<const LedgerRow> records);
  MaybeFault finish_commit();
  MaybeFault rollback();
  TransactionState transaction() const;
  // Level 0 or 1; going back to one of level 0 forgets those of level 1 behind it.
  MaybeFault savepoint(std::uint32_t level);
  MaybeFault rollback_to_savepoint(std::uint32_t level);

  MaybeFault reset();
  void cancel() const;
  MaybeFault ping(bool& is_writable);
  // Does nothing with a driver that has no such limit.
  MaybeFault set_statement_timeout(std::uint32_t timeout_ms);
  // Ends the sessions of another instance; none with a driver that cannot.
  MaybeFault terminate(std::string_view instance, std::size_t& ended);

  sqlbus_session* raw() const { return handle_.get(); }

 private:
  struct Close {
    const sqlbus_driver* driver;
    void operator()(sqlbus_session* session) const noexcept { driver->close(session); }
  };
  using Handle = std::unique_ptr<sqlbus_session, Close>;

  explicit Session(Handle handle) : handle_(std::move(handle)) {}

  MaybeFault step_by_step(Group& group);

  struct Started;
  struct End {
    void operator()(Started* started) const noexcept;
  };

  MaybeFault limit_time();

  Handle handle_;
  std::uint32_t statement_timeout_ms_ = 0;
  std::unique_ptr<Started, End> started_;
};

}  // namespace sqlbus
