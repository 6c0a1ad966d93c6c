#include "client/command/status_view.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "client/command/display_width.hpp"
#include "client/command/status_json.hpp"
#include "client/command/status_text.hpp"

namespace sqlbus {
namespace {

using namespace status_json;  // NOLINT(google-build-using-namespace)

using Row = std::vector<std::string>;

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] + 2 - display_width(row[i]), ' ');
    }
    out += line + "\n";
  }
  return out;
}

class View {
 public:
  explicit View(const QueueStatus& status) : status_(status) {}

  std::string render() {
    out_ = "queue " + status_.queue + "\n";
    write_control();
    write_lists();
    if (!status_.owner) {
      out_ += "  NO DAEMON RUNS: nobody owns the queue\n";
      return std::move(out_);
    }
    rapidjson::Document json;
    json.Parse(status_.owner->status.data(), status_.owner->status.size());
    if (json.HasParseError() || !json.IsObject()) {
      write_facts();
      return std::move(out_);
    }
    write_daemon(json);
    write_queue(json);
    write_databases(json);
    write_latencies(json);
    write_last_error(json);
    return std::move(out_);
  }

 private:
  std::string fact(const std::string& name) const {
    const auto found = status_.owner->facts.find(name);
    return found == status_.owner->facts.end() ? "?" : printable(found->second);
  }

  void write_control() {
    if (status_.control.empty()) return;
    out_ += "  CONTROL";
    for (const auto& [field, value] : status_.control)
      out_ += "  " + printable(field) + ": " + printable(value);
    out_ += "\n";
  }

  void write_lists() {
    out_ += "  in the queue " + std::to_string(status_.depth) + ", delayed " +
            std::to_string(status_.delayed) + ", dead letters " +
            std::to_string(status_.dead_letters) + ", to be replayed " +
            std::to_string(status_.replays) + ", batches in flight " +
            std::to_string(status_.batches) + "\n";
    for (const auto& [database, count] : status_.waiting) {
      out_ += "  waiting for " + database + ": " + std::to_string(count) + "\n";
    }
  }

  void write_facts() {
    out_ += "  sqlbusd " + fact("version") + " on " + fact("host") + ", pid " + fact("pid") +
            ", tells no status\n";
  }

  double seconds_since(double moment) const { return to_epoch_seconds(status_.now) - moment; }

  void write_daemon(const Json& json) {
    out_ += "  sqlbusd " + text_of(json, "version") + " on " + text_of(json, "host") + ", pid " +
            count_text(number_of(json, "pid")) + ", up " +
            age_text(seconds_since(number_of(json, "started"))) + "\n";
    const auto age = seconds_since(number_of(json, "at"));
    auto state = text_of(json, "state");
    if (!flag_of(json, "healthy")) state = in_capitals(std::move(state));
    out_ += "  " + state + " for " + age_text(number_of(json, "state_since_s") + age);
    if (const auto detail = text_of(json, "detail"); !detail.empty()) out_ += ": " + detail;
    const auto renewed = number_of(json, "lease_s") - status_.owner->lease_left_s;
    out_ += "\n  heard of " + age_text(renewed) + " ago, status of " + age_text(age) + " ago";
    out_ += age > renewed + 1 ? ", unchanged since\n" : "\n";
    if (flag_of(json, "ready")) return;
    out_ += "  NOT READY\n";
  }

  void write_queue(const Json& json) {
    for_each_in(json, "activity", [&](const Json& each) {
      if (text_of(each, "queue") == status_.queue) out_ += "  " + text_of(each, "doing");
    });
    out_ += ", in flight " + count_text(number_of(json, "in_flight")) + ", claimed " +
            decimal_text(number_of(json, "claimed_per_s")) + "/s, settled " +
            decimal_text(number_of(json, "settled_per_s")) + "/s\n";
    for_each_in(json, "queues", [&](const Json& queue) {
      if (text_of(queue, "queue") != status_.queue) return;
      const auto blocked = text_of(queue, "blocked");
      if (!blocked.empty()) out_ += "  NOTHING IS CLAIMED: " + blocked + "\n";
      out_ += "  since the start:";
      for (const auto* name : {"claimed", "ok", "duplicates", "failed", "dead", "expired"}) {
        out_ += std::string(" ") + name + " " + count_text(number_of(queue, name)) + ",";
      }
      out_.back() = '\n';
    });
  }

  void write_databases(const Json& json) {
    std::vector<Row> rows{{"DATABASE", "DRIVER", "STATE", "OK", "FAILED", "DIVERTED", "RETRIES",
                           "CONNECTS", "LANES"}};
    std::string reasons;
    for_each_in(json, "databases", [&](const Json& database) {
      const auto name = text_of(database, "database");
      const bool is_up = flag_of(database, "up");
      rows.push_back(
          {name + (flag_of(database, "default") ? " *" : ""), text_of(database, "driver"),
           is_up ? "up" : "DOWN", count_text(number_of(database, "ok")),
           count_text(number_of(database, "failed")), count_text(number_of(database, "diverted")),
           count_text(number_of(database, "retries")), count_text(number_of(database, "connects")),
           lanes_text(database)});
      if (!is_up) reasons += "  " + name + ": " + text_of(database, "reason") + "\n";
    });
    out_ += table(rows) + reasons;
  }

  void write_latencies(const Json& json) {
    std::vector<Row> rows{
        {"LATENCY", "REQUESTS", "QUEUED 50%", "99%", "EXECUTED 50%", "99%", "TOTAL 50%", "99%"}};
    for_each_in(json, "databases", [&](const Json& database) {
      const auto latency = read_latency(database);
      if (latency.requests == 0) return;
      rows.push_back({text_of(database, "database"), count_text(latency.requests)});
      for (const auto& of : {latency.queued, latency.executed, latency.total}) {
        rows.back().push_back(latency_text(of.p50_s));
        rows.back().push_back(latency_text(of.p99_s));
      }
    });
    if (rows.size() > 1) out_ += table(rows);
  }

  void write_last_error(const Json& json) {
    const auto found = json.FindMember("last_error");
    if (found == json.MemberEnd() || !found->value.IsObject()) return;
    out_ += "  last error " + age_text(seconds_since(number_of(found->value, "at"))) +
            " ago: " + text_of(found->value, "message") + "\n";
  }

  const QueueStatus& status_;
  std::string out_;
};

}  // namespace

std::string render_status(const QueueStatus& status) { return View(status).render(); }

}  // namespace sqlbus
