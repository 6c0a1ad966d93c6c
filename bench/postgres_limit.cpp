#include "bench/postgres_limit.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "bench/pg_array.hpp"
#include "bench/stopwatch.hpp"
#include "bench/world.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus::bench {

namespace {

using Type = BinaryArray::Type;

// One prepared statement for each kind of work.
constexpr std::array<const char*, kWorkKinds> kNames = {"insert", "insert_short", "update",
                                                        "rename", "delete"};

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
                          " (id, digest, applied_at, sqlstate, message, answer) SELECT i, d, a, "
                          "'', '', '' FROM unnest($1::bytea[], $2::bigint[], $3::bigint[]) "
                          "AS v (i, d, a)");
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
    case Shape::kMarks:
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
  BinaryArray ids(Type::kBytea);
  BinaryArray digests(Type::kInt8);
  BinaryArray moments(Type::kInt8);
  const std::int64_t now = now_us();
  for (const std::string& id : sorted) {
    ids.add(id);
    digests.add(static_cast<std::int64_t>(std::hash<std::string>{}(id)));
    moments.add(now);
  }
  const std::array params = {ids.take(), digests.take(), moments.take()};
  connection_.send_prepared("ledger", params);
}

void PostgresLimit::send_unnest(std::span<const Work> group) {
  BinaryArray ids(Type::kInt8);
  BinaryArray names(Type::kText);
  TextArray amounts;
  TextArray moments;
  for (const Work& work : group) {
    ids.add(work.row.id);
    names.add(work.row.name);
    amounts.add(work.row.amount);
    moments.add(work.row.at);
  }
  const std::array params = {ids.take(), names.take(), amounts.take(), moments.take()};
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
