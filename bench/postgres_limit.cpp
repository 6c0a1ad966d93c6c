#include "bench/postgres_limit.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "bench/stopwatch.hpp"
#include "bench/world.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus::bench {

namespace {

// One prepared statement for each kind of work.
constexpr std::array<const char*, kWorkKinds> kNames = {"insert", "insert_short", "update",
                                                        "rename", "delete"};

// A PostgreSQL array as text. Nothing that is added holds a character to be escaped.
class ArrayText {
 public:
  void add(std::string_view element) {
    text_ += text_.size() > 1 ? R"(,")" : R"(")";
    text_ += element;
    text_ += '"';
  }
  void add_bytes(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text_ += text_.size() > 1 ? R"(,"\\x)" : R"("\\x)";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      text_ += kDigits[byte >> 4U];
      text_ += kDigits[byte & 15U];
    }
    text_ += '"';
  }
  void add(std::int64_t element) {
    if (text_.size() > 1) text_ += ',';
    text_ += std::to_string(element);
  }
  std::string str() const { return text_ + '}'; }

 private:
  std::string text_ = "{";
};

std::int64_t now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

PostgresLimit::PostgresLimit(const std::string& conninfo, bool has_ledger)
    : connection_(conninfo), has_ledger_(has_ledger) {
  const std::string table = kLimitTable;
  for (std::size_t kind = 0; kind < kWorkKinds; ++kind) {
    connection_.prepare(kNames[kind], sql_of(static_cast<Work::Kind>(kind), table));
  }
  connection_.prepare("unnest", "INSERT INTO " + table + " " + std::string(kColumns) +
                                    " SELECT * FROM unnest($1::bigint[], $2::text[], "
                                    "$3::numeric[], $4::timestamptz[])");
  connection_.prepare("ledger",
                      "INSERT INTO " + std::string(kLimitLedger) +
                          " (id, digest, applied_at, sqlstate, message, answer) SELECT * FROM "
                          "unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::text[], "
                          "$5::text[], $6::text[])");
}

double PostgresLimit::run(Shape shape, std::span<const Work> works) {
  const Stopwatch stopwatch;
  while (!works.empty()) {
    const auto group = works.first(std::min(works.size(), kLimitGroup));
    connection_.start_pipeline();
    send_group(shape, group);
    connection_.finish();
    works = works.subspan(group.size());
  }
  return stopwatch.seconds();
}

void PostgresLimit::send_group(Shape shape, std::span<const Work> group) {
  if (has_ledger_) send_ledger(group);
  switch (shape) {
    case Shape::kParams:
      return send_unnest(group);
    case Shape::kLiteral:
      return send_values(group);
    case Shape::kMixed:
      return send_each(group);
  }
}

void PostgresLimit::send_ledger(std::span<const Work> group) {
  std::vector<std::string> sorted;
  sorted.reserve(group.size());
  for (const Work& work : group) sorted.push_back(ledger_id_of(work.uuid));
  std::sort(sorted.begin(), sorted.end());
  ArrayText ids;
  ArrayText digests;
  ArrayText moments;
  ArrayText empty;
  const std::int64_t now = now_us();
  for (const std::string& id : sorted) {
    ids.add_bytes(id);
    digests.add(static_cast<std::int64_t>(std::hash<std::string>{}(id)));
    moments.add(now);
    empty.add("");
  }
  const std::array params = {ids.str(),   digests.str(), moments.str(),
                             empty.str(), empty.str(),   empty.str()};
  connection_.send_prepared("ledger", params);
}

void PostgresLimit::send_unnest(std::span<const Work> group) {
  ArrayText ids;
  ArrayText names;
  ArrayText amounts;
  ArrayText moments;
  for (const Work& work : group) {
    ids.add(work.row.id);
    names.add(work.row.name);
    amounts.add(work.row.amount);
    moments.add(work.row.at);
  }
  const std::array params = {ids.str(), names.str(), amounts.str(), moments.str()};
  connection_.send_prepared("unnest", params);
}

void PostgresLimit::send_values(std::span<const Work> group) {
  std::string sql =
      "INSERT INTO " + std::string(kLimitTable) + " " + std::string(kColumns) + " VALUES ";
  for (const Work& work : group) {
    if (&work != &group.front()) sql += ", ";
    sql += literal_of(work.row);
  }
  connection_.send(sql);
}

void PostgresLimit::send_each(std::span<const Work> group) {
  for (const Work& work : group) {
    connection_.send_prepared(kNames[static_cast<std::size_t>(work.kind)], params_of(work));
  }
}

}  // namespace sqlbus::bench
