#include "daemon/session/session.hpp"

#include <doctest/doctest.h>

#include "daemon/session/driver_library.hpp"

namespace sqlbus {
namespace {

const sqlbus_driver& plain_driver() {
  static const auto loaded = load_driver(SQLBUS_BUILD_DIR "/tests/drivers/plain_c_good.so");
  REQUIRE(loaded.ok());
  return *loaded->table;
}

Session connect() {
  auto connected = Session::connect(plain_driver(), {});
  REQUIRE(std::holds_alternative<Session>(connected));
  return std::get<Session>(std::move(connected));
}

class Keeper final : public RowSink {
 public:
  explicit Keeper(std::size_t rows_max) : rows_max_(rows_max) {}

  void columns(std::vector<Column> columns) override { columns_ = std::move(columns); }
  ResultEncoder::Verdict row(std::span<const Cell> cells) override {
    last_.assign(cells.begin(), cells.end());
    first_text_ = std::string(cells[0].text);
    const bool is_enough = ++rows_ >= rows_max_;
    return is_enough ? ResultEncoder::Verdict::kEnough : ResultEncoder::Verdict::kMore;
  }

  std::size_t rows_max_;
  std::size_t rows_ = 0;
  std::vector<Column> columns_;
  std::vector<Cell> last_;
  std::string first_text_;
};

}  // namespace

TEST_CASE("a fault of a connection holds no password, though the driver repeats it") {
  const auto said_of = [](const Session::Options& options) {
    const auto connected = Session::connect(plain_driver(), options);
    return std::get<DriverFault>(connected).message;
  };
  CHECK(said_of({{"password", "hunter2"}, {"refuse", "no hunter2 here"}}) == "no *** here");
  CHECK(said_of({{"connection_string", "DSN=x;PWD=hunter2"},
                 {"refuse", "bad DSN=x;PWD=hunter2"}}) == "bad DSN=x;PWD=***");
}

TEST_CASE("a refused connection is a fault with everything the driver said") {
  const auto connected = Session::connect(plain_driver(), {{"refuse", "not today"}});
  const auto* fault = std::get_if<DriverFault>(&connected);
  REQUIRE(fault != nullptr);
  CHECK(fault->cls == ErrorClass::kConnection);
  CHECK(fault->sqlstate == "08001");
  CHECK(fault->native_code == 7);
  CHECK(fault->message == "not today");
}

TEST_CASE("parameters reach the driver and rows come back, whatever their kind") {
  auto session = connect();
  CHECK(session.dbtype() == "PLAIN");
  const Statement statement{"echo",
                            {{Value::Kind::kNull, 0, ""},
                             {Value::Kind::kBool, 1, ""},
                             {Value::Kind::kInteger, -5, ""},
                             {Value::Kind::kNumber, 0, "1.50"},
                             {Value::Kind::kText, 0, ""},
                             {Value::Kind::kBytes, 0, std::string("\0b", 2)}}};
  Keeper keeper(9);
  Execution execution{.statement = &statement, .sink = &keeper};
  CHECK_FALSE(session.execute(execution));
  CHECK(execution.affected == 42);
  CHECK(keeper.rows_ == 2);
  CHECK(keeper.first_text_ == "echo");
  REQUIRE(keeper.columns_.size() == 7);
  CHECK(keeper.columns_[0].name == "c");
  CHECK(keeper.columns_[0].type == ColumnType::kText);
  CHECK(keeper.columns_[1].type == ColumnType::kOther);  // a type that the daemon does not know
  REQUIRE(keeper.last_.size() == 7);
  CHECK(keeper.last_[1].kind == Cell::Kind::kNull);
  CHECK(keeper.last_[2].kind == Cell::Kind::kBool);
  CHECK(keeper.last_[2].integer == 1);
  CHECK(keeper.last_[3].kind == Cell::Kind::kInteger);
  CHECK(keeper.last_[3].integer == -5);
  CHECK(keeper.last_[4].kind == Cell::Kind::kText);
  CHECK(keeper.last_[5].kind == Cell::Kind::kText);
  CHECK(keeper.last_[6].kind == Cell::Kind::kBytes);
  CHECK(keeper.last_[6].text.size() == 2);
}

TEST_CASE("a sink that has enough gets no further row") {
  auto session = connect();
  const Statement statement{"echo", {}};
  Keeper keeper(1);
  Execution execution{.statement = &statement, .sink = &keeper};
  CHECK_FALSE(session.execute(execution));
  CHECK(keeper.rows_ == 1);
}

TEST_CASE("the access of a lone statement reaches the driver") {
  auto session = connect();
  const Statement statement{"echo", {}};
  Execution execution{.statement = &statement, .access = Access::kReadsOnly};
  CHECK_FALSE(session.execute(execution));
  CHECK(execution.affected == 0);
}

TEST_CASE("a group stops at the first fault and tells its position") {
  auto session = connect();
  const Statement good{"echo", {}};
  const Statement bad{"fail", {}};
  std::vector<Execution> executions = {
      {.statement = &good}, {.statement = &bad}, {.statement = &good}};
  Group group{.begins = true, .executions = executions};
  const auto fault = session.execute_group(group);
  REQUIRE(fault);
  CHECK(fault->cls == ErrorClass::kTransient);
  CHECK(fault->sqlstate == "40001");
  CHECK(group.failed_step == Group::Step::kItems);
  CHECK(group.completed == 1);
  CHECK(group.suspects == 1);
  CHECK(executions[0].affected == 42);
  CHECK(executions[2].affected == 0);
}

TEST_CASE("a session tells the state of its transaction, and can be moved") {
  auto first = connect();
  CHECK(first.transaction() == TransactionState::kNone);
  CHECK_FALSE(first.begin(Access::kReadWrite));
  auto second = std::move(first);
  CHECK(second.transaction() == TransactionState::kOpen);
  CHECK_FALSE(second.savepoint(0));
  CHECK_FALSE(second.rollback_to_savepoint(0));
  CHECK_FALSE(second.commit());
  CHECK(second.transaction() == TransactionState::kNone);
  CHECK_FALSE(second.begin(Access::kReadsOnly));
  CHECK_FALSE(second.rollback());
  CHECK_FALSE(second.reset());
  bool is_writable = false;
  CHECK_FALSE(second.ping(is_writable));
  CHECK(is_writable);
  CHECK_FALSE(second.set_statement_timeout(5));
  second.cancel();
}

}  // namespace sqlbus
