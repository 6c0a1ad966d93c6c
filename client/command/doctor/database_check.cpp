#include "client/command/doctor/database_check.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/command/rehearsal.hpp"
#include "daemon/config/secrets.hpp"
#include "daemon/session/ledger_table.hpp"
#include "daemon/session/session.hpp"
#include "protocol/ledger_entry.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus::doctor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kClockWarningSeconds = 5;
constexpr std::string_view kNoTable = "42P01";

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// The first cell of the last row.
class OneCell final : public RowSink {
 public:
  void columns(std::vector<Column> /*columns*/) override {}
  ResultEncoder::Verdict row(std::span<const Cell> cells) override {
    if (!cells.empty() && cells[0].kind == Cell::Kind::kText) text = cells[0].text;
    if (!cells.empty() && cells[0].kind == Cell::Kind::kInteger) {
      text = std::to_string(cells[0].integer);
    }
    return ResultEncoder::Verdict::kMore;
  }

  std::string text;
};

MaybeFault run(Session& session, const char* sql, RowSink* sink = nullptr) {
  const Statement statement{.sql = sql, .params = {}};
  Execution execution{.statement = &statement, .sink = sink};
  return session.execute(execution);
}

class DatabaseCheck {
 public:
  DatabaseCheck(const Settings& settings, const DatabaseSettings& database, RedisSession* redis,
                Findings& findings)
      : settings_(settings),
        database_(database),
        redis_(redis),
        findings_(findings),
        check_("database " + database.name) {
    secrets_.add(database.password);
    secrets_.add_connection_string(database.connection_string);
  }

  void look() {
    const auto file = sqlite_file(settings_, database_);
    if (!file.empty() && !std::filesystem::exists(file)) {
      return findings_.warn(check_, "there is no " + file.string() + " yet",
                            "start the daemon, which makes it");
    }
    const auto start = Clock::now();
    auto session = open_session(settings_, database_);
    if (!session) {
      findings_.fail(check_, secrets_.masked(session.error().message),
                     "see that the server runs, and server, username and password of [" +
                         database_.name + "]");
      return;
    }
    const auto said = session->dbtype() + " by " + database_.driver + ", connected in " +
                      milliseconds_text(ms_since(start));
    bool is_writable = false;
    if (const auto fault = session->ping(is_writable)) {
      return findings_.fail(check_, text_of(*fault), "look at the server's log");
    }
    if (is_writable) {
      findings_.ok(check_, said);
    } else {
      findings_.fail(check_, said + ", and takes no writes",
                     "name the primary in server, or set target = primary");
    }
    check_ledger(*session);
    if (redis_ != nullptr) check_clock(*session);
  }

 private:
  std::string text_of(const DriverFault& fault) const {
    return secrets_.masked((fault.sqlstate.empty() ? "" : fault.sqlstate + " ") + fault.message);
  }

  void check_ledger(Session& session) {
    const auto check = check_ + " ledger";
    if (!database_.exactly_once) {
      return findings_.warn(check, "exactly_once = no: after a crash requests may run twice",
                            "leave exactly_once out, where this is not meant");
    }
    LedgerTable table(session);
    if (!table.is_supported()) {
      return findings_.warn(
          check, "driver " + database_.driver + " keeps none: after a crash requests may run twice",
          "write requests that may run twice, and exactly_once = no");
    }
    const auto id = ledger_id_of(make_uuid_v7());
    std::vector<LedgerRow> rows;
    const auto fault = table.lookup({&id, 1}, rows);
    if (!fault) return try_rights(session, table, id);
    if (fault->sqlstate == kNoTable) return try_table(session);
    findings_.fail(check, "cannot be read: " + text_of(*fault),
                   "grant SELECT, INSERT, UPDATE and DELETE on sqlbus_ledger");
  }

  // What the daemon does to it, undone.
  void try_rights(Session& session, LedgerTable& table, const std::string& id) {
    const auto check = check_ + " ledger";
    const LedgerRow row{.id = id, .digest = 1, .applied_at_us = 1};
    std::size_t removed = 0;
    auto fault = session.begin(Access::kReadWrite);
    if (!fault) fault = table.insert({&row, 1}, nullptr);
    if (!fault) fault = table.prune(0, 1, removed);
    (void)session.rollback();
    if (!fault) return findings_.ok(check, "sqlbus_ledger is there, and may be written");
    findings_.fail(check, "cannot be written: " + text_of(*fault),
                   "grant SELECT, INSERT, UPDATE and DELETE on sqlbus_ledger");
  }

  // The daemon makes it when it connects. Where a table can be undone one is tried.
  void try_table(Session& session) {
    const auto check = check_ + " ledger";
    const auto dbtype = session.dbtype();
    const bool can_undo = dbtype == "POSTGRESQL" || dbtype == "SQLITE";
    MaybeFault fault;
    if (can_undo) {
      fault = session.begin(Access::kReadWrite);
      if (!fault) fault = run(session, "create table sqlbus_doctor (i integer)");
      (void)session.rollback();
    }
    if (fault) {
      findings_.fail(check,
                     "there is no sqlbus_ledger, and no table may be made: " + text_of(*fault),
                     "run what `sqlbus ledger ddl` prints, as a role that may");
    } else {
      findings_.warn(
          check,
          std::string("there is no sqlbus_ledger yet") + (can_undo ? "; the role may make it" : ""),
          "start the daemon, which makes it, or run what `sqlbus ledger ddl` prints");
    }
  }

  void check_clock(Session& session) {
    const auto dbtype = session.dbtype();
    const char* const sql = dbtype == "POSTGRESQL" ? "select extract(epoch from clock_timestamp())"
                            : dbtype == "MARIADB"  ? "select unix_timestamp(now(6))"
                                                   : nullptr;
    if (sql == nullptr) return;  // a file on this machine, or one that nobody here can ask
    OneCell cell;
    const auto fault = run(session, sql, &cell);
    const auto time = redis_->command({"TIME"});
    if (fault || !time) return;
    const double ahead = std::atof(cell.text.c_str()) - std::atof((*time)[0].text.c_str()) -
                         std::atof((*time)[1].text.c_str()) / 1e6;
    const auto said = "the database is " + milliseconds_text(std::abs(ahead) * 1000) +
                      (ahead < 0 ? " behind" : " ahead of") + " Redis";
    if (std::abs(ahead) < kClockWarningSeconds) return findings_.ok(check_ + " clock", said);
    findings_.warn(check_ + " clock", said, "have both machines set their clocks (NTP)");
  }

  const Settings& settings_;
  const DatabaseSettings& database_;
  RedisSession* redis_;
  Findings& findings_;
  std::string check_;
  Secrets secrets_;
};

}  // namespace

void check_database(const Settings& settings, const DatabaseSettings& database, RedisSession* redis,
                    Findings& findings) {
  DatabaseCheck(settings, database, redis, findings).look();
}

}  // namespace sqlbus::doctor
