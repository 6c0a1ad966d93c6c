#include "client/command/top/screen.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "client/command/display_width.hpp"
#include "client/command/status_text.hpp"
#include "client/command/top/columns.hpp"
#include "client/command/top/short_number.hpp"

namespace sqlbus {
namespace {

constexpr std::string_view kKeys = "q quit  p hold the display  s order of the queues  ? help";
constexpr std::array<std::string_view, 4> kOrders = {"as named", "depth", "rate", "dead letters"};

constexpr std::array<std::string_view, 17> kHelp = {
    "IN/S    requests a second that came in: claimed, and what the queue has grown by",
    "OUT/S   requests a second that came to an end, whether well or not",
    "FLIGHT  claimed by the daemon and not settled",
    "WAIT    for a database that is down or paused",
    "DELAY   held back until their NOT_BEFORE, or for another attempt",
    "DEAD    dead letters: sqlbus dead ls",
    "QUEUED  until half of the requests, and 99 of 100, had begun; EXECUTED in the database;",
    "TOTAL   from TIMESTAMP to the end; all three over the last minute or two",
    "",
    "A daemon tells its numbers as often as it renews its lease, a third of it at the most:",
    "between two tellings the rates stay as they are. What the lists hold is of this moment.",
    "",
    "p       hold the display, and go on",
    "s       order of the queues: as named, depth, rate, dead letters",
    "q       quit",
    "?       back"};

std::int64_t waiting_of(const QueueStatus& status) {
  std::int64_t sum = 0;
  for (const auto& [database, count] : status.waiting) sum += count;
  return sum;
}

// The queue where `database` is empty.
bool is_paused(const QueueSample& sample, std::string_view database = {}) {
  return std::any_of(sample.pauses.begin(), sample.pauses.end(),
                     [&](const Pause& pause) { return pause.database == database; });
}

std::string pause_text(const QueueSample& sample, const Pause& pause) {
  auto text = "  paused: " + printable(sample.redis.queue);
  if (!pause.database.empty()) text += ", database " + pause.database;
  if (!pause.by.empty()) text += " by " + pause.by;
  const auto age = to_epoch_seconds(sample.redis.now) - pause.since;
  if (pause.since > 0) text += " " + age_text(age) + " ago";
  if (!pause.reason.empty()) text += ": " + pause.reason;
  return text;
}

std::string state_of(const QueueSample& sample) {
  if (sample.instance.empty()) return "NO DAEMON";
  if (is_paused(sample)) return "PAUSED";
  if (!sample.has_words) return "?";
  return sample.is_healthy ? sample.state : in_capitals(sample.state);
}

std::string state_of(const QueueSample& sample, const DatabaseSample& database) {
  if (!database.is_up) return "DOWN";
  return is_paused(sample, database.name) ? "PAUSED" : "up";
}

std::string rate_text(const std::optional<double>& rate) { return rate ? short_rate(*rate) : "-"; }

class Screen {
 public:
  Screen(const TopState& state, std::size_t width) : state_(state), width_(width) {
    for (const auto& queue : state.queues) queues_.push_back(&queue);
    if (state.order != QueueOrder::kAsNamed) {
      std::stable_sort(queues_.begin(), queues_.end(),
                       [&](const auto* a, const auto* b) { return weight(*a) > weight(*b); });
    }
  }

  std::vector<ScreenLine> lines() {
    write_title();
    if (state_.shows_help) {
      for (const auto line : kHelp) add(std::string(line));
      return std::move(lines_);
    }
    write_queues();
    std::set<std::string> told;
    for (const auto* queue : queues_) {
      const auto& sample = queue->sample;
      if (sample.instance.empty() || !told.insert(sample.instance).second) continue;
      write_daemon(sample);
      write_databases(*queue);
      write_latencies(sample);
    }
    write_dead_letters();
    return std::move(lines_);
  }

 private:
  using Queue = TopState::Queue;

  void add(const std::string& text, Style style = Style::kPlain) {
    lines_.push_back({cut_to_width(text, width_), style});
  }

  double weight(const Queue& queue) const {
    if (state_.order == QueueOrder::kDepth) return static_cast<double>(queue.sample.redis.depth);
    if (state_.order == QueueOrder::kRate) {
      return queue.rates.in.value_or(0) + queue.rates.out.value_or(0);
    }
    return static_cast<double>(queue.sample.redis.dead_letters);
  }

  void write_title() {
    std::string title = "sqlbus top";
    if (state_.is_held) title += "  HELD";
    if (!state_.queues.empty()) {
      title += "  " + to_local_text(state_.queues.front().sample.redis.now);
    }
    title += "  every " + state_.interval + "  " + state_.address;
    add(title, Style::kTitle);
    if (!state_.away.empty()) add("redis is away: " + printable(state_.away), Style::kAlarm);
  }

  // The first line is the heading.
  void add_table(const Columns& table, const std::vector<Style>& styles) {
    const auto lines = table.lines(width_);
    add("");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      add(lines[i], i == 0 ? Style::kHeading : styles[i - 1]);
    }
  }

  void write_queues() {
    if (queues_.empty()) return;
    Columns table{.columns = {{"QUEUE"},
                              {"STATE"},
                              {"DEPTH", true},
                              {"IN/S", true},
                              {"OUT/S", true},
                              {"FLIGHT", true},
                              {"WAIT", true},
                              {"DELAY", true},
                              {"DEAD", true}},
                  .rows = {}};
    std::vector<Style> styles;
    for (const auto* queue : queues_) {
      const auto& [sample, rates] = *queue;
      const auto& redis = sample.redis;
      const auto number = [](std::int64_t n) { return short_count(static_cast<double>(n)); };
      table.rows.push_back(
          {printable(redis.queue), state_of(sample), number(redis.depth), rate_text(rates.in),
           rate_text(rates.out), sample.has_words ? short_count(sample.in_flight) : "?",
           number(waiting_of(redis)), number(redis.delayed), number(redis.dead_letters)});
      const bool is_well = !sample.instance.empty() && sample.is_healthy && !is_paused(sample);
      styles.push_back(is_well ? Style::kPlain : Style::kAlarm);
    }
    add_table(table, styles);
    for (const auto* queue : queues_) write_remarks(queue->sample);
  }

  void write_remarks(const QueueSample& sample) {
    const auto& redis = sample.redis;
    const auto name = printable(redis.queue);
    for (const auto& pause : sample.pauses) add(pause_text(sample, pause), Style::kAlarm);
    if (sample.instance.empty() && redis.batches > 0) {
      add("  " + name + ": batches in flight " + std::to_string(redis.batches), Style::kAlarm);
    }
    if (redis.replays > 0) add("  " + name + ": to be replayed " + std::to_string(redis.replays));
    if (sample.blocked.empty() || is_paused(sample)) return;
    add("  " + name + ": nothing is claimed: " + sample.blocked, Style::kAlarm);
  }

  void write_daemon(const QueueSample& sample) {
    add("");
    if (!sample.has_words) {
      add("sqlbusd " + printable(sample.instance) + " tells no status", Style::kAlarm);
      return;
    }
    auto text = "sqlbusd " + sample.version + " on " + sample.host + ", pid " +
                count_text(sample.pid) + ", up " + age_text(sample.up_s) + ", heard of " +
                age_text(sample.heard_ago_s) + " ago";
    if (!sample.is_ready) text += ", NOT READY";
    add(text, sample.is_ready ? Style::kPlain : Style::kAlarm);
    if (!sample.detail.empty()) add("  " + sample.state + ": " + sample.detail, Style::kAlarm);
    if (sample.last_error.empty()) return;
    const auto age = to_epoch_seconds(sample.redis.now) - sample.last_error_at;
    add("  last error " + age_text(age) + " ago: " + sample.last_error, Style::kFaint);
  }

  // Over all queues that the same daemon owns.
  double waiting_for(const QueueSample& owned, const std::string& database) const {
    double sum = 0;
    for (const auto* queue : queues_) {
      const auto& redis = queue->sample.redis;
      const auto found = redis.waiting.find(database);
      if (queue->sample.instance != owned.instance || found == redis.waiting.end()) continue;
      sum += static_cast<double>(found->second);
    }
    return sum;
  }

  void write_databases(const Queue& queue) {
    const auto& [sample, rates] = queue;
    if (sample.databases.empty()) return;
    Columns table{.columns = {{"DATABASE"},
                              {"DRIVER"},
                              {"STATE"},
                              {"WAIT", true},
                              {"OK/S", true},
                              {"FAIL/S", true},
                              {"RETRIES", true},
                              {"CONNECTS", true},
                              {"LANES"}},
                  .rows = {}};
    std::vector<Style> styles;
    std::vector<std::string> reasons;
    for (const auto& database : sample.databases) {
      const auto found = rates.databases.find(database.name);
      const bool is_rated = found != rates.databases.end();
      table.rows.push_back(
          {database.name + (database.is_default ? " *" : ""), database.driver,
           state_of(sample, database), short_count(waiting_for(sample, database.name)),
           is_rated ? short_rate(found->second.done) : "-",
           is_rated ? short_rate(found->second.failed) : "-", short_count(database.retries),
           short_count(database.connects), database.lanes});
      const bool is_well = database.is_up && !is_paused(sample, database.name);
      styles.push_back(is_well ? Style::kPlain : Style::kAlarm);
      if (!database.is_up) reasons.push_back("  " + database.name + ": " + database.reason);
    }
    add_table(table, styles);
    for (const auto& reason : reasons) add(reason, Style::kAlarm);
  }

  void write_latencies(const QueueSample& sample) {
    Columns table{.columns = {{"LATENCY"},
                              {"COUNT", true},
                              {"QUEUED 50%", true},
                              {"99%", true},
                              {"EXECUTED 50%", true},
                              {"99%", true},
                              {"TOTAL 50%", true},
                              {"99%", true}},
                  .rows = {}};
    for (const auto& database : sample.databases) {
      const auto& latency = database.latency;
      if (latency.requests == 0) continue;
      table.rows.push_back({database.name, short_count(latency.requests)});
      for (const auto& of : {latency.queued, latency.executed, latency.total}) {
        table.rows.back().push_back(latency_text(of.p50_s));
        table.rows.back().push_back(latency_text(of.p99_s));
      }
    }
    if (table.rows.empty()) return;
    add_table(table, std::vector<Style>(table.rows.size(), Style::kPlain));
  }

  void write_dead_letters() {
    Columns table{.columns = {{"CAUSE"}, {"SQLSTATE"}, {"COUNT", true}, {"LAST"}, {"MESSAGE"}},
                  .rows = {}};
    for (const auto* queue : queues_) {
      const auto& sample = queue->sample;
      for (const auto& cause : sample.causes) {
        const std::chrono::duration<double> age = sample.redis.now - cause.last;
        table.rows.push_back({cause.error, cause.sqlstate,
                              short_count(static_cast<double>(cause.count)),
                              age_text(age.count()) + " ago", cause.message});
      }
    }
    if (table.rows.empty()) return;
    add_table(table, std::vector<Style>(table.rows.size(), Style::kPlain));
  }

  const TopState& state_;
  const std::size_t width_;
  std::vector<const Queue*> queues_;
  std::vector<ScreenLine> lines_;
};

}  // namespace

std::vector<ScreenLine> render_screen(const TopState& state, ScreenSize size) {
  if (size.rows == 0 || size.columns == 0) return {};
  auto lines = Screen(state, size.columns).lines();
  const auto room = size.rows - 1;
  if (lines.size() > room) {
    const auto hidden = lines.size() - room + 1;
    lines.resize(room);
    if (room > 1) {
      const auto text = "… " + std::to_string(hidden) + " more lines: a higher window shows them";
      lines.back() = {cut_to_width(text, size.columns), Style::kFaint};
    }
  }
  while (lines.size() < room) lines.push_back({});
  auto keys = std::string(kKeys);
  if (state.queues.size() > 1) {
    keys += "  (by " + std::string(kOrders[static_cast<std::size_t>(state.order)]) + ")";
  }
  lines.push_back({cut_to_width(keys, size.columns), Style::kFaint});
  return lines;
}

std::vector<ScreenLine> render_lines(const TopState& state) {
  constexpr std::size_t kAnyWidth = std::numeric_limits<std::size_t>::max() / 2;
  return Screen(state, kAnyWidth).lines();
}

}  // namespace sqlbus
