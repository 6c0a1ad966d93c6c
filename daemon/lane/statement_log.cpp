#include "daemon/lane/statement_log.hpp"

#include "daemon/settlement/request_fields.hpp"

namespace sqlbus {
namespace {

using Level = Log::Level;

constexpr std::size_t kTextBytesMax = 1000;

}  // namespace

void StatementLog::ran(const Job& job, std::chrono::microseconds took, std::int64_t rows) const {
  if (is_wanted(took)) ran_together({&job}, took, rows);
}

void StatementLog::ran_together(const std::vector<const Job*>& jobs, std::chrono::microseconds took,
                                std::int64_t rows) const {
  if (jobs.empty()) return;
  if (is_slow(took)) {
    const auto* message = jobs.size() == 1 ? "slow statement" : "slow group of statements";
    tell(Level::kWarning, message, jobs, took, rows);
  }
  if (!log_.is_enabled(Level::kDebug)) return;
  for (const auto* job : jobs) {
    RequestFields fields(job->admitted.delivery, job->request(), database_);
    const auto text = text_of(job->request());
    fields.add("lane", lane_).add("statement", text);
    if (jobs.size() > 1) fields.add("group", static_cast<std::int64_t>(jobs.size()));
    log_.write(Level::kDebug, "statement ran", fields);
  }
}

void StatementLog::runs_unprotected(const Job& job, std::uint64_t so_far) const {
  RequestFields fields(job.admitted.delivery, job.request(), database_);
  fields.add("lane", lane_).add("so_far", static_cast<std::int64_t>(so_far));
  log_.write(Level::kInfo, "a statement that cannot run in a transaction runs at least once",
             fields);
}

// Of a group the first one stands for all.
void StatementLog::tell(Level level, std::string_view message, const std::vector<const Job*>& jobs,
                        std::chrono::microseconds took, std::int64_t rows) const {
  const auto& first = *jobs.front();
  RequestFields fields(first.admitted.delivery, first.request(), database_);
  const auto text = text_of(first.request());
  fields.add("lane", lane_).add_time("took_ms", took).add("rows", rows);
  if (jobs.size() > 1) {
    fields.add("requests", static_cast<std::int64_t>(jobs.size()));
    fields.add("last_uuid", jobs.back()->request().uuid);
  }
  fields.add("statement", text);
  log_.write(level, message, fields);
}

std::string StatementLog::text_of(const Request& request) const {
  std::string text;
  for (const auto& statement : request.statements) {
    if (text.size() > kTextBytesMax) break;
    if (!text.empty()) text += "; ";
    text += mask_sql(statement.sql, rules_, kTextBytesMax);
  }
  return text;
}

}  // namespace sqlbus
