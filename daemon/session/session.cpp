#include "daemon/session/session.hpp"

#include <array>
#include <charconv>

#include "daemon/config/secrets.hpp"

namespace sqlbus {
namespace {

std::string_view view_of(const sqlbus_text& text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

std::uint32_t number_of(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The kinds of a Value, in its order.
constexpr std::array<std::uint32_t, 6> kValueKinds = {SQLBUS_VALUE_NULL,    SQLBUS_VALUE_BOOL,
                                                      SQLBUS_VALUE_INTEGER, SQLBUS_VALUE_NUMBER,
                                                      SQLBUS_VALUE_TEXT,    SQLBUS_VALUE_BYTES};

Cell cell_of(const sqlbus_value& value) {
  switch (value.kind) {
    case SQLBUS_VALUE_BOOL:
      return {Cell::Kind::kBool, value.integer, {}};
    case SQLBUS_VALUE_INTEGER:
      return {Cell::Kind::kInteger, value.integer, {}};
    case SQLBUS_VALUE_NUMBER:
    case SQLBUS_VALUE_TEXT:
      return {Cell::Kind::kText, 0, view_of(value.text)};
    case SQLBUS_VALUE_BYTES:
      return {Cell::Kind::kBytes, 0, view_of(value.text)};
    default:
      return {};
  }
}

ColumnType type_of(std::uint32_t type) {
  return type <= SQLBUS_COLUMN_OTHER ? static_cast<ColumnType>(type) : ColumnType::kOther;
}

// An Execution as the driver sees it; borrows all texts.
class Item {
 public:
  explicit Item(Execution& execution) : execution_(&execution) {
    const auto& statement = *execution.statement;
    params_.reserve(statement.params.size());
    for (const auto& value : statement.params) {
      params_.push_back({kValueKinds[static_cast<std::size_t>(value.kind)],
                         value.integer,
                         {value.text.data(), value.text.size()}});
    }
    sink_ = {this, on_columns, on_row};
  }

  // Valid until the Item is moved.
  sqlbus_item to_driver() {
    const auto& sql = execution_->statement->sql;
    sink_.context = this;
    if (execution_->sink != nullptr) sink_.rows_max = execution_->sink->rows_max();
    return {{{sql.data(), sql.size()}, params_.data(), params_.size()},
            execution_->sink == nullptr ? nullptr : &sink_,
            execution_->access == Access::kReadsOnly ? SQLBUS_READS_ONLY : SQLBUS_READ_WRITE,
            flags(),
            0};
  }

  std::uint32_t flags() const {
    std::uint32_t flags = 0;
    if (execution_->has_savepoint) flags |= SQLBUS_ITEM_SAVEPOINT;
    if (execution_->may_merge) flags |= SQLBUS_ITEM_MERGE;
    return flags;
  }

  void take_outcome(const sqlbus_item& item) { execution_->affected = item.affected; }

 private:
  static void on_columns(void* context, const sqlbus_column* columns, std::size_t count) noexcept {
    auto& self = *static_cast<Item*>(context);
    std::vector<Column> named;
    named.reserve(count);
    for (const auto& column : std::span(columns, count)) {
      named.push_back({std::string(view_of(column.name)), type_of(column.type)});
    }
    self.cells_.resize(count);
    self.execution_->sink->columns(std::move(named));
  }

  static int on_row(void* context, const sqlbus_value* cells, std::size_t count) noexcept {
    auto& self = *static_cast<Item*>(context);
    for (std::size_t i = 0; i < count; ++i) self.cells_[i] = cell_of(cells[i]);
    const auto verdict = self.execution_->sink->row(std::span(self.cells_).first(count));
    return verdict == ResultEncoder::Verdict::kMore ? 0 : 1;
  }

  Execution* execution_;
  std::vector<sqlbus_value> params_;
  std::vector<Cell> cells_;
  sqlbus_sink sink_{};
};

std::vector<sqlbus_ledger_row> borrow_all(std::span<const LedgerRow> rows) {
  std::vector<sqlbus_ledger_row> borrowed;
  borrowed.reserve(rows.size());
  for (const auto& row : rows) borrowed.push_back(borrow(row));
  return borrowed;
}

}  // namespace

MaybeFault fault_of(int cls, const sqlbus_error& error) {
  if (cls == SQLBUS_OK) return std::nullopt;
  const bool is_known = cls >= SQLBUS_PERMANENT && cls <= SQLBUS_AGAIN;
  return DriverFault{is_known ? static_cast<ErrorClass>(cls) : ErrorClass::kPermanent,
                     error.sqlstate, error.native_code, error.message};
}

namespace {

Secrets secrets_of(const Session::Options& options) {
  Secrets secrets;
  for (const auto& [name, value] : options) {
    if (name == "password") secrets.add(value);
    if (name == "connection_string") secrets.add_connection_string(value);
  }
  return secrets;
}

// A driver may repeat what it was told of the connection.
DriverFault without(const Secrets& secrets, DriverFault fault) {
  fault.message = secrets.masked(std::move(fault.message));
  return fault;
}

}  // namespace

std::variant<Session, DriverFault> Session::connect(const sqlbus_driver& driver,
                                                    const Options& options) {
  std::vector<sqlbus_option> borrowed;
  borrowed.reserve(options.size());
  for (const auto& [name, value] : options) borrowed.push_back({name.c_str(), value.c_str()});
  sqlbus_session* session = nullptr;
  sqlbus_error error{};
  const int cls = driver.connect(borrowed.data(), borrowed.size(), &session, &error);
  if (auto fault = fault_of(cls, error)) return without(secrets_of(options), *std::move(fault));
  Session made(Handle(session, Close{&driver}));
  for (const auto& [name, value] : options) {
    if (name == "statement_timeout") made.statement_timeout_ms_ = number_of(value);
  }
  if (auto fault = made.limit_time()) return *std::move(fault);
  return made;
}

MaybeFault Session::limit_time() {
  return statement_timeout_ms_ == 0 ? std::nullopt : set_statement_timeout(statement_timeout_ms_);
}

std::string Session::dbtype() const { return driver().dbtype(handle_.get()); }

MaybeFault Session::execute(Execution& execution) {
  Item item(execution);
  auto borrowed = item.to_driver();
  sqlbus_error error{};
  const int cls = driver().execute(handle_.get(), &borrowed, &error);
  item.take_outcome(borrowed);
  return fault_of(cls, error);
}

MaybeFault Session::execute_group(Group& group) {
  if (driver().execute_group == nullptr) return step_by_step(group);
  std::vector<sqlbus_ledger_row> rows;
  rows.reserve(group.rows.size());
  for (const auto* row : group.rows) rows.push_back(borrow(*row));
  std::vector<Item> items;
  items.reserve(group.executions.size());
  std::vector<sqlbus_item> borrowed;
  borrowed.reserve(group.executions.size());
  for (auto& execution : group.executions) {
    borrowed.push_back(items.emplace_back(execution).to_driver());
  }
  sqlbus_group passed{
      .begins = group.begins ? 1U : 0U,
      .rows = rows.data(),
      .row_count = rows.size(),
      .items = borrowed.data(),
      .item_count = borrowed.size(),
      .context = &group,
      .committed = [](void* context) noexcept { static_cast<Group*>(context)->on_committed(); }};
  sqlbus_error error{};
  const int cls = driver().execute_group(handle_.get(), &passed, &error);
  for (std::size_t i = 0; i < items.size(); ++i) items[i].take_outcome(borrowed[i]);
  group.failed_step = static_cast<Group::Step>(passed.failed_step);
  group.completed = passed.completed;
  group.suspects = passed.suspects;
  return fault_of(cls, error);
}

MaybeFault Session::step_by_step(Group& group) {
  group.failed_step = Group::Step::kBegin;
  group.completed = 0;
  group.suspects = 0;
  if (group.begins) {
    if (auto fault = begin(Access::kReadWrite)) return fault;
  }
  group.failed_step = Group::Step::kLedger;
  if (!group.rows.empty()) {
    std::vector<sqlbus_ledger_row> rows;
    for (const auto* row : group.rows) rows.push_back(borrow(*row));
    sqlbus_error error{};
    const int cls =
        driver().ledger->insert(handle_.get(), rows.data(), rows.size(), nullptr, &error);
    if (auto fault = fault_of(cls, error)) return fault;
  }
  group.failed_step = Group::Step::kItems;
  group.suspects = 1;
  for (auto& execution : group.executions) {
    if (execution.has_savepoint) {
      if (auto fault = savepoint(0)) return fault;
    }
    if (auto fault = execute(execution)) return fault;
    ++group.completed;
    // What a statement has ended is not gone on with.
    if (group.executions.size() > 1 && transaction() != TransactionState::kOpen) break;
  }
  return std::nullopt;
}

struct Session::Started {
  explicit Started(Execution& execution) : item(execution), borrowed(item.to_driver()) {}

  Item item;
  sqlbus_item borrowed;
};

void Session::End::operator()(Started* started) const noexcept { delete started; }

MaybeFault Session::start(Execution& execution) {
  started_.reset(new Started(execution));
  sqlbus_error error{};
  return fault_of(driver().start(handle_.get(), &started_->borrowed, &error), error);
}

bool Session::step(MaybeFault& fault) {
  std::uint32_t wants = 0;
  sqlbus_error error{};
  const int cls = driver().step(handle_.get(), &wants, &error);
  if (cls == SQLBUS_PENDING) return false;
  started_->item.take_outcome(started_->borrowed);
  fault = fault_of(cls, error);
  return true;
}

MaybeFault Session::begin(Access access) {
  sqlbus_error error{};
  const auto wanted = access == Access::kReadsOnly ? SQLBUS_READS_ONLY : SQLBUS_READ_WRITE;
  return fault_of(driver().begin(handle_.get(), wanted, &error), error);
}

MaybeFault Session::commit(std::span<const LedgerRow> records) {
  const auto rows = borrow_all(records);
  sqlbus_error error{};
  return fault_of(driver().commit(handle_.get(), rows.data(), rows.size(), &error), error);
}

MaybeFault Session::start_commit(std::span<const LedgerRow> records) {
  const auto rows = borrow_all(records);
  sqlbus_error error{};
  return fault_of(driver().commit_start(handle_.get(), rows.data(), rows.size(), &error), error);
}

MaybeFault Session::finish_commit() {
  sqlbus_error error{};
  return fault_of(driver().commit_finish(handle_.get(), &error), error);
}

MaybeFault Session::rollback() {
  sqlbus_error error{};
  return fault_of(driver().rollback(handle_.get(), &error), error);
}

MaybeFault Session::savepoint(std::uint32_t level) {
  sqlbus_error error{};
  return fault_of(driver().savepoint(handle_.get(), level, &error), error);
}

MaybeFault Session::rollback_to_savepoint(std::uint32_t level) {
  sqlbus_error error{};
  return fault_of(driver().rollback_to_savepoint(handle_.get(), level, &error), error);
}

MaybeFault Session::reset() {
  sqlbus_error error{};
  if (auto fault = fault_of(driver().reset(handle_.get(), &error), error)) return fault;
  return limit_time();
}

TransactionState Session::transaction() const {
  switch (driver().transaction(handle_.get())) {
    case SQLBUS_TRANSACTION_NONE:
      return TransactionState::kNone;
    case SQLBUS_TRANSACTION_OPEN:
      return TransactionState::kOpen;
    case SQLBUS_TRANSACTION_FOREIGN:
      return TransactionState::kForeign;
    case SQLBUS_TRANSACTION_FAILED:
      return TransactionState::kFailed;
    default:
      return TransactionState::kLost;
  }
}

void Session::cancel() const { driver().cancel(handle_.get()); }

MaybeFault Session::ping(bool& is_writable) {
  sqlbus_error error{};
  int writable = 0;
  const int cls = driver().ping(handle_.get(), &writable, &error);
  is_writable = writable != 0;
  return fault_of(cls, error);
}

MaybeFault Session::set_statement_timeout(std::uint32_t timeout_ms) {
  if (driver().set_statement_timeout == nullptr) return std::nullopt;
  sqlbus_error error{};
  return fault_of(driver().set_statement_timeout(handle_.get(), timeout_ms, &error), error);
}

MaybeFault Session::terminate(std::string_view instance, std::size_t& ended) {
  ended = 0;
  if (driver().terminate == nullptr) return std::nullopt;
  sqlbus_error error{};
  const sqlbus_text name{instance.data(), instance.size()};
  return fault_of(driver().terminate(handle_.get(), name, &ended, &error), error);
}

}  // namespace sqlbus
