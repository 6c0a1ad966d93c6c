// The documents, the dashboard and the alerts, against the table of metrics.
#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <string>

#include "daemon/metrics/metric_table.hpp"
#include "daemon/status/health.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

std::string document(const std::string& name) {
  return test::read_text_file(SQLBUS_SOURCE_DIR "/docs/" + name);
}

std::set<std::string> names_in(const std::string& text) {
  const std::regex name("\\b(sqlbus|process)_[a-z_]*[a-z]\\b");
  return {std::sregex_token_iterator(text.begin(), text.end(), name), std::sregex_token_iterator()};
}

// Of a histogram also the names of its parts.
bool exists(const std::string& name) {
  for (const auto& row : metric_table()) {
    if (name == row.name) return row.kind != MetricKind::kHistogram;
    if (row.kind != MetricKind::kHistogram) continue;
    for (const auto* part : {"_bucket", "_sum", "_count"}) {
      if (name == std::string(row.name) + part) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("the dashboard and the alerts ask for metrics that there are") {
  for (const auto* file : {"grafana-dashboard.json", "alerts.yml"}) {
    const auto names = names_in(document(file));
    CHECK(names.size() > 10);
    for (const auto& name : names) {
      CAPTURE(file);
      CAPTURE(name);
      CHECK(exists(name));
    }
  }
}

TEST_CASE("the documents list each metric with its kind and labels, and no other") {
  const auto text = document("OPERATIONS.md");
  std::set<std::string> known;
  for (const auto& row : metric_table()) {
    known.insert(std::string(row.name));
    const auto line = "| `" + std::string(row.name) + "` | " + std::string(to_string(row.kind)) +
                      " | " + std::string(row.labels) + " | ";
    CAPTURE(line);
    CHECK(text.find(line) != text.npos);
  }
  const std::regex listed("\\| `((?:sqlbus|process)_[a-z_]+)` \\|");
  for (std::sregex_iterator found(text.begin(), text.end(), listed), end; found != end; ++found) {
    CAPTURE((*found)[1].str());
    CHECK(known.contains((*found)[1].str()));
  }
}

TEST_CASE("the documents explain each state of health") {
  const auto text = document("OPERATIONS.md");
  for (std::size_t i = 0; i < kHealthStates; ++i) {
    const auto state = to_string(static_cast<Health::State>(i));
    CAPTURE(state);
    CHECK(text.find("| `" + std::string(state) + "` | ") != text.npos);
  }
}

}  // namespace sqlbus
