#include "client/command/rehearsal.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "client/command/letter.hpp"
#include "daemon/admission/statement_kind.hpp"
#include "daemon/session/attempt.hpp"
#include "daemon/session/driver_library.hpp"
#include "daemon/session/ledger_table.hpp"
#include "daemon/session/session_options.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus {
namespace {

std::string describe(const DriverFault& fault) {
  return (fault.sqlstate.empty() ? "" : fault.sqlstate + " ") + fault.message;
}

// What the ledger has of it; empty where it has nothing, or is not there.
std::string known_of(Session& session, const Request& request) {
  LedgerTable table(session);
  if (!table.is_supported()) return {};
  const auto id = ledger_id_of(request.uuid);
  std::vector<LedgerRow> known;
  if (table.lookup({&id, 1}, known) || known.empty() || known[0].is_failure()) return {};
  return known[0].digest == digest_of(request)
             ? "is applied already, at " +
                   to_local_text(EpochTime(std::chrono::microseconds(known[0].applied_at_us))) +
                   ": nothing would run"
             : "would be refused (1305): another request with its UUID is applied";
}

}  // namespace

std::filesystem::path sqlite_file(const Settings& settings, const DatabaseSettings& database) {
  if (database.driver != "sqlite" || database.database == ":memory:") return {};
  return std::filesystem::path(settings.chdir) / database.database;
}

Result<Session> open_session(const Settings& settings, const DatabaseSettings& given) {
  if (const auto* open = settings.find_open(given.name)) return Error{open->fault};
  auto database = given;
  if (const auto file = sqlite_file(settings, given); !file.empty()) {
    if (!std::filesystem::exists(file)) {
      return Error{given.name + ": there is no " + file.string() + " yet, the daemon makes it"};
    }
    database.database = file;
  }
  auto driver = load_driver(database.driver);
  if (!driver) return std::move(driver).error().within(database.name);
  auto connected = Session::connect(
      *driver->table, session_options(database, settings.limits.lease, "sqlbus-command"));
  if (auto* fault = std::get_if<DriverFault>(&connected)) {
    return Error{database.name + ": " + describe(*fault)};
  }
  return std::get<Session>(std::move(connected));
}

std::string Rehearsal::tell(const Request& request) {
  const auto name = request.database.value_or(settings_.default_database).str();
  const auto* database = settings_.find_database(name);
  if (database == nullptr) return "would be refused (1201): no database " + name;
  auto found = sessions_.find(database->name);
  if (found == sessions_.end()) {
    auto session = open_session(settings_, *database);
    if (!session) return "cannot be tried: " + session.error().message;
    found = sessions_.emplace(database->name, *std::move(session)).first;
  }
  auto said = tell_on(found->second, request);
  if (found->second.transaction() != TransactionState::kNone) sessions_.erase(found);
  return said;
}

std::string Rehearsal::tell_on(Session& session, const Request& request) {
  if (auto known = known_of(session, request); !known.empty()) return known;
  for (const auto& statement : request.statements) {
    const auto kind = kind_of(statement.sql);
    const auto keyword = first_keyword(statement.sql);
    if (kind == StatementKind::kRefused) return "would be refused (1304): " + keyword;
    if (kind == StatementKind::kAlone) {
      return "is not tried: " + keyword + " may not be undone";
    }
  }
  if (auto fault = session.begin(Access::kReadWrite)) return "cannot be tried: " + describe(*fault);
  auto said = run(session, request);
  (void)session.rollback();
  return said;
}

std::string Rehearsal::run(Session& session, const Request& request) {
  constexpr std::size_t kReplyMax = 32ULL << 20U;
  const BusClock clock;
  Attempt attempt(request, kReplyMax);
  if (auto fault = attempt.run(session, clock)) return "would fail: " + describe(*fault);
  if (attempt.error() == ErrorId::kNotFound) return "would change nothing (100 NOT_FOUND)";
  return "would change " + std::to_string(attempt.affected()) +
         (attempt.affected() == 1 ? " row" : " rows");
}

}  // namespace sqlbus
