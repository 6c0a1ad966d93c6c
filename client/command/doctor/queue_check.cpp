#include "client/command/doctor/queue_check.hpp"

#include <string_view>
#include <utility>

#include "client/command/queue_status.hpp"
#include "protocol/keys.hpp"

namespace sqlbus::doctor {
namespace {

constexpr std::int64_t kBacklogWarning = 10000;

std::string fact(const QueueStatus::Owner& owner, const std::string& name) {
  const auto found = owner.facts.find(name);
  return found == owner.facts.end() ? "?" : found->second;
}

void check_owner(const QueueStatus& status, Findings& findings) {
  const auto check = "queue " + status.queue;
  if (!status.owner) {
    return findings.fail(check, "no daemon owns it: what is pushed waits",
                         "start sqlbusd (systemctl start sqlbusd), and read its log");
  }
  const auto& owner = *status.owner;
  const auto version = fact(owner, "version");
  const auto said = "sqlbusd " + version + " on " + fact(owner, "host") + ", pid " +
                    fact(owner, "pid") + ", owns it";
  if (version == SQLBUS_VERSION) return findings.ok(check, said);
  findings.warn(check, said + "; this command is of version " SQLBUS_VERSION,
                "install and start the same version of both");
}

void check_control(const QueueStatus& status, Findings& findings) {
  for (const auto& [field, value] : status.control) {
    const auto database = std::string(keys::paused_database(field));
    const auto what = field == keys::kQueuePaused ? "queue " + status.queue
                      : database.empty()          ? ""
                                                  : "database " + database + " on " + status.queue;
    if (what.empty()) continue;
    findings.warn(
        what, "is paused: " + value,
        "sqlbus resume" + (database.empty() ? "" : " " + database) + ", when that is meant to end");
  }
}

void check_lists(const QueueStatus& status, Findings& findings) {
  const auto check = "queue " + status.queue;
  if (status.depth >= kBacklogWarning) {
    findings.warn(check + " backlog", std::to_string(status.depth) + " requests wait",
                  "watch `sqlbus top`: where it grows, raise lanes, or find the slow statements");
  } else {
    findings.ok(check + " backlog", std::to_string(status.depth) + " requests wait, " +
                                        std::to_string(status.delayed) + " are delayed");
  }
  for (const auto& [database, count] : status.waiting) {
    findings.warn(check, std::to_string(count) + " requests wait for database " + database,
                  "bring it back: they run then");
  }
  if (status.dead_letters > 0) {
    findings.warn(check + " dead letters", std::to_string(status.dead_letters) + " wait",
                  "sqlbus dead ls --group, then replay or drop them");
  } else {
    findings.ok(check + " dead letters", "none");
  }
}

}  // namespace

Result<QueueVerdict> check_queue(RedisSession& redis, const std::string& queue,
                                 Findings& findings) {
  const auto status = read_queue_status(redis, queue);
  if (!status) return status.error();
  check_owner(*status, findings);
  check_control(*status, findings);
  check_lists(*status, findings);
  return QueueVerdict{.is_served = status->owner.has_value() &&
                                   !status->control.contains(std::string(keys::kQueuePaused))};
}

}  // namespace sqlbus::doctor
