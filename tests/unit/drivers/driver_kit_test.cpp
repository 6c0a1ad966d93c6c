#include "drivers/driver_kit.hpp"

#include <doctest/doctest.h>

#include <new>
#include <span>
#include <stdexcept>
#include <string>

namespace sqlbus::driver {
namespace {

// Throws what its statement asks for.
class ThrowingSession {
 public:
  static std::unique_ptr<ThrowingSession> connect(const Options& options) {
    if (options.number("port", 1) == 13) throw DriverError("08001", "unlucky", 13);
    return std::make_unique<ThrowingSession>();
  }
  const char* dbtype() const noexcept { return "THROWING"; }
  void execute(sqlbus_item& item) {
    const auto sql = view_of(item.statement.sql);
    if (sql == "driver") throw DriverError("40P01", "deadlock", 5);
    if (sql == "classed") throw DriverError(SQLBUS_CONNECTION, "XX000", "gone");
    if (sql == "memory") throw std::bad_alloc();
    if (sql == "standard") throw std::out_of_range("out of range");
    if (sql == "integer") throw 7;
  }
  void begin(sqlbus_access) {}
  void commit(std::span<const sqlbus_ledger_row>) {}
  void rollback() {}
  sqlbus_transaction transaction() noexcept { return SQLBUS_TRANSACTION_NONE; }
  void savepoint(std::uint32_t) {}
  void rollback_to_savepoint(std::uint32_t) {}
  void reset() {}
  void cancel() noexcept {}
  bool ping() { return true; }
};

}  // namespace

TEST_CASE("no exception of a session passes the table") {
  const auto table = make_table<ThrowingSession>({.name = "t", .version = "1"});
  sqlbus_session* session = nullptr;
  sqlbus_error error{};
  REQUIRE(table.connect(nullptr, 0, &session, &error) == SQLBUS_OK);
  const struct {
    std::string_view sql;
    int cls;
    std::string sqlstate;
    std::string message;
    std::int32_t native_code;
  } cases[] = {
      {"nothing", SQLBUS_OK, "", "", 0},
      {"driver", SQLBUS_TRANSIENT, "40P01", "deadlock", 5},
      {"classed", SQLBUS_CONNECTION, "XX000", "gone", 0},
      {"memory", SQLBUS_PERMANENT, "53200", "out of memory", 0},
      {"standard", SQLBUS_PERMANENT, "XX000", "out of range", 0},
      {"integer", SQLBUS_PERMANENT, "XX000", "an exception of unknown type in the driver", 0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.message);
    error = {};
    sqlbus_item item{{text_of(c.sql), nullptr, 0}, nullptr, SQLBUS_READ_WRITE, 0, 0};
    CHECK(table.execute(session, &item, &error) == c.cls);
    CHECK(error.sqlstate == c.sqlstate);
    CHECK(error.message == c.message);
    CHECK(error.native_code == c.native_code);
  }
  table.close(session);
}

TEST_CASE("what a session class lacks is absent from its table") {
  const auto table = make_table<ThrowingSession>({.name = "t", .version = "1"});
  CHECK_FALSE(bool(table.execute_group));
  CHECK_FALSE(bool(table.set_statement_timeout));
  CHECK_FALSE(bool(table.terminate));
  CHECK_FALSE(bool(table.ledger));
  CHECK_FALSE(bool(table.start));
}

TEST_CASE("options are read by name, and a wrong number says which but not what") {
  const auto table = make_table<ThrowingSession>({.name = "t", .version = "1"});
  sqlbus_session* session = nullptr;
  sqlbus_error error{};
  const sqlbus_option unlucky[] = {{"port", "13"}};
  CHECK(table.connect(unlucky, 1, &session, &error) == SQLBUS_CONNECTION);
  CHECK(error.native_code == 13);
  CHECK(session == nullptr);
  for (const char* value : {"x", "1 ", "-1", "99999999999", "0x1"}) {
    const sqlbus_option wrong[] = {{"port", value}};
    CHECK(table.connect(wrong, 1, &session, &error) == SQLBUS_PERMANENT);
    CHECK(error.message == std::string("option port is no whole number"));
  }
  const sqlbus_option absent[] = {{"port", nullptr}};
  CHECK(Options(absent).text("port").empty());
  CHECK(Options(absent).text("server").empty());
  CHECK(Options(absent).number("port", 7) == 7);
}

TEST_CASE("an SQLSTATE decides the class, exactly or by its first two characters") {
  const struct {
    const char* sqlstate;
    sqlbus_class cls;
  } cases[] = {
      {"40001", SQLBUS_TRANSIENT},  {"40P01", SQLBUS_TRANSIENT},  {"40002", SQLBUS_PERMANENT},
      {"40003", SQLBUS_CONNECTION}, {"55P03", SQLBUS_TRANSIENT},  {"53300", SQLBUS_TRANSIENT},
      {"57014", SQLBUS_CANCELLED},  {"57P01", SQLBUS_CONNECTION}, {"08006", SQLBUS_CONNECTION},
      {"08P01", SQLBUS_PERMANENT},  {"25006", SQLBUS_READ_ONLY},  {"25P02", SQLBUS_PERMANENT},
      {"23505", SQLBUS_PERMANENT},  {"42601", SQLBUS_PERMANENT},  {"0A000", SQLBUS_PERMANENT},
      {"", SQLBUS_PERMANENT},       {"4", SQLBUS_PERMANENT},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sqlstate);
    CHECK(class_of(c.sqlstate) == c.cls);
  }
}

TEST_CASE("a long message is cut at a character's border") {
  std::string message;
  while (message.size() < SQLBUS_MESSAGE_SIZE) message += "x€";
  sqlbus_error error{};
  fill(&error, "42601 and more", message);
  CHECK(error.sqlstate == std::string("42601"));
  const std::string kept = error.message;
  CHECK(kept.size() < SQLBUS_MESSAGE_SIZE);
  CHECK(kept.size() > SQLBUS_MESSAGE_SIZE - 5);
  CHECK(message.starts_with(kept));
  CHECK((kept.ends_with("x") || kept.ends_with("€")));
  fill(nullptr, "42601", "nobody listens");
}

}  // namespace sqlbus::driver
