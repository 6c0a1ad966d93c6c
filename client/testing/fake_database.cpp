#include "client/testing/fake_database.hpp"

#include <stdexcept>
#include <utility>
#include <variant>

#include "daemon/admission/statement_kind.hpp"
#include "daemon/session/attempt.hpp"
#include "drivers/sqlbus_driver.h"
#include "protocol/column_type.hpp"
#include "protocol/ledger_entry.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus::fake {
namespace {

constexpr std::size_t kReplyMax = std::size_t{32} << 20U;
constexpr std::size_t kAnswerMax = std::size_t{64} << 10U;
constexpr const char* kDbtype = "SQLITE";
constexpr std::string_view kNeedsNoTransaction = "25001";

Session open_session() {
  const auto* driver = sqlbus_driver_entry(SQLBUS_DRIVER_ABI_VERSION);
  auto opened = Session::connect(*driver, {{"database", ":memory:"}});
  if (const auto* fault = std::get_if<DriverFault>(&opened)) {
    throw std::runtime_error("the fake's SQLite: " + fault->message);
  }
  return std::get<Session>(std::move(opened));
}

// Blanks at the ends gone, and those between words one.
std::string folded(std::string_view sql) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::string out;
  for (const char c : sql) {
    const bool is_blank = kBlanks.find(c) != std::string_view::npos;
    if (!is_blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

Verdict verdict_of(const DriverFault& fault) {
  return {.error = ErrorId::kExecutionFailed,
          .message = fault.message,
          .sqlstate = fault.sqlstate,
          .dbtype = kDbtype};
}

Verdict verdict_of(const Fake::Failure& failure) {
  return {.error = ErrorId{failure.error_id},
          .message = failure.message,
          .sqlstate = failure.sqlstate,
          .dbtype = kDbtype};
}

// Texts as they came from the database, for whoever asks past the bus.
class Rows final : public RowSink {
 public:
  void columns(std::vector<Column> /*columns*/) override { found.clear(); }
  ResultEncoder::Verdict row(std::span<const Cell> cells) override {
    auto& row = found.emplace_back();
    for (const auto& cell : cells) row.push_back(text_of(cell));
    return ResultEncoder::Verdict::kMore;
  }

  std::vector<Fake::Row> found;

 private:
  static Fake::Cell text_of(const Cell& cell) {
    switch (cell.kind) {
      case Cell::Kind::kNull:
        return std::nullopt;
      case Cell::Kind::kBool:
        return cell.integer != 0 ? "true" : "false";
      case Cell::Kind::kInteger:
        return std::to_string(cell.integer);
      default:
        return std::string(cell.text);
    }
  }
};

}  // namespace

Database::Database(const BusClock& clock)
    : clock_(clock), concluder_("fake", clock), session_(open_session()) {}

void Database::expect(std::string_view sql, Script script) {
  scripts_[folded(sql)] = std::move(script);
}

Outcome Database::run(const Request& request, std::string_view envelope) {
  if (request.deadline && *request.deadline < clock_.now()) {
    return fail(request, envelope,
                {.error_id = static_cast<std::int32_t>(ErrorId::kExpired),
                 .message = "the DEADLINE passed before it was started"});
  }
  if (auto repeated = repeat(request, envelope)) return *std::move(repeated);
  if (request.form == Request::Form::kSingle) {
    const auto script = scripts_.find(folded(request.statements.front().sql));
    if (script != scripts_.end()) {
      std::optional<ResultEncoder> result;
      const auto verdict = run_script(request, script->second, result);
      return conclude(request, envelope, verdict, result ? &*result : nullptr);
    }
  }
  return run_statements(request, envelope);
}

Outcome Database::fail(const Request& request, std::string_view envelope,
                       const Fake::Failure& failure) {
  return concluder_.conclude({.envelope = envelope}, request, verdict_of(failure), nullptr);
}

Outcome Database::refuse(std::string_view envelope, const Refusal& refusal) {
  return concluder_.refuse({.envelope = envelope}, refusal);
}

Verdict Database::run_script(const Request& request, const Script& script,
                             std::optional<ResultEncoder>& result) const {
  if (script.failure) return verdict_of(*script.failure);
  result.emplace(ResultEncoder::Options{
      .typed = request.typed, .rows_max = request.rows_max, .bytes_max = kReplyMax});
  std::vector<Column> columns;
  for (const auto& column : script.columns) {
    columns.push_back({column.name, column_type_of(column.type).value_or(ColumnType::kOther)});
  }
  result->begin(columns);
  for (const auto& row : script.rows) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_bytes = i < columns.size() && columns[i].type == ColumnType::kBytes;
      const auto kind = is_bytes ? Cell::Kind::kBytes : Cell::Kind::kText;
      cells.push_back(row[i] ? Cell{.kind = kind, .text = *row[i]} : Cell{});
    }
    result->add_row(cells);
  }
  return {.dbtype = kDbtype, .affected = script.affected};
}

// In a transaction, as the bus does; what cannot be in one, by itself.
Outcome Database::run_statements(const Request& request, std::string_view envelope) {
  for (const auto& statement : request.statements) {
    if (kind_of(statement.sql) != StatementKind::kRefused) continue;
    return fail(request, envelope,
                {.error_id = static_cast<std::int32_t>(ErrorId::kStatementRefused),
                 .message = first_keyword(statement.sql) + " is not run by the bus"});
  }
  Attempt attempt(request, kReplyMax);
  auto fault = session_.begin(Access::kReadWrite);
  if (!fault) fault = attempt.run(session_, clock_);
  if (!fault) fault = session_.commit();
  if (fault) (void)session_.rollback();
  if (fault && fault->sqlstate == kNeedsNoTransaction) fault = attempt.run(session_, clock_);
  if (fault) return conclude(request, envelope, verdict_of(*fault), nullptr);
  return conclude(request, envelope,
                  {.error = attempt.error(),
                   .message = attempt.message(),
                   .dbtype = kDbtype,
                   .affected = attempt.affected(),
                   .started_at = attempt.started_at(),
                   .executed = attempt.executed()},
                  attempt.shown_result());
}

// A query that somebody waits for may run again; everything else is remembered.
Outcome Database::conclude(const Request& request, std::string_view envelope,
                           const Verdict& verdict, const ResultEncoder* result) {
  const bool is_query = request.form == Request::Form::kSingle && request.sync &&
                        kind_of(request.statements.front().sql) == StatementKind::kQuery;
  if (!is_query) {
    Entry entry{.digest = digest_of(request), .verdict = verdict};
    entry.answer = encode_answer({.error = verdict.error,
                                  .message = verdict.message,
                                  .affected = verdict.affected,
                                  .is_truncated = result != nullptr && result->is_truncated()},
                                 result, kAnswerMax);
    ledger_[request.uuid.str()] = std::move(entry);
  }
  return concluder_.conclude({.envelope = envelope}, request, verdict, result);
}

std::optional<Outcome> Database::repeat(const Request& request, std::string_view envelope) {
  const auto found = ledger_.find(request.uuid.str());
  if (found == ledger_.end()) return std::nullopt;
  const auto& first = found->second;
  if (first.digest != digest_of(request)) {
    return fail(request, envelope,
                {.error_id = static_cast<std::int32_t>(ErrorId::kUuidReused),
                 .message = "UUID: was used before for another request"});
  }
  if (first.verdict.error == ErrorId::kExecutionFailed) {
    return concluder_.conclude({.envelope = envelope}, request, first.verdict, nullptr);
  }
  return concluder_.repeat({.envelope = envelope}, request, first.verdict, first.answer);
}

std::vector<Fake::Row> Database::execute(const std::string& sql) {
  const Statement statement{.sql = sql, .params = {}};
  Rows rows;
  Execution execution{.statement = &statement, .sink = &rows};
  if (const auto fault = session_.execute(execution)) throw std::runtime_error(fault->message);
  return std::move(rows.found);
}

}  // namespace sqlbus::fake
