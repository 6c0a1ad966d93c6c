#include "bench/work.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "protocol/uuid.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::int64_t kFirstPid = 1000;

std::string two_digits(std::int64_t value) {
  return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

Row row_of(std::int64_t id) {
  return {.id = id,
          .name = "somebody " + std::to_string(id % 100'000),
          .amount = std::to_string(id % 10'000) + "." + two_digits(id),
          .at = "2024-02-29 12:" + two_digits(id / 60 % 60) + ":" + two_digits(id % 60) + "+00"};
}

// The form that sqlbus itself gives them: lower case, 36 characters.
std::string uuid_v4(std::mt19937_64& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::array<std::uint64_t, 2> halves = {random(), random()};
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    text += kDigits[halves[i / 16] >> (i % 16 * 4) & 15U];
  }
  text[14] = '4';
  text[19] = kDigits[8U | (halves[1] & 3U)];
  return text;
}

Value integer(std::int64_t value) { return {Value::Kind::kInteger, value, {}}; }
Value number(std::string text) { return {Value::Kind::kNumber, 0, std::move(text)}; }
Value text(std::string text) { return {Value::Kind::kText, 0, std::move(text)}; }

Params values_of(const Work& work) {
  const Row& row = work.row;
  switch (work.kind) {
    case Work::Kind::kInsert:
      return {integer(row.id), text(row.name), number(row.amount), text(row.at)};
    case Work::Kind::kInsertShort:
      return {integer(row.id), text(row.name)};
    case Work::Kind::kUpdateAmount:
      return {number(row.amount), integer(row.id)};
    case Work::Kind::kRename:
      return {text(row.name), text(row.at), integer(row.id)};
    case Work::Kind::kDelete:
      return {integer(row.id)};
  }
  return {};
}

}  // namespace

WorkSource::WorkSource(const WorkPlan& plan)
    : plan_(plan), alive_(static_cast<std::size_t>(plan.callers)) {}

Work WorkSource::next() {
  ++made_;
  Work work{.row = row_of(made_), .uuid = make_uuid(), .caller = made_ % plan_.callers};
  if (static_cast<int>(random_() % 100) < plan_.failing_percent) {
    work.does_fail = true;
    work.row.id = kRowThatIsThere;
    ++failures_;
    return work;
  }
  if (plan_.shape == Shape::kMixed) choose_change(work);
  const bool is_insert = work.kind == Work::Kind::kInsert || work.kind == Work::Kind::kInsertShort;
  if (is_insert) ++rows_;
  if (work.kind == Work::Kind::kDelete) --rows_;
  return work;
}

std::vector<Work> WorkSource::take(std::int64_t count) {
  std::vector<Work> works;
  works.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) works.push_back(next());
  return works;
}

// Half INSERTs of two texts, a third UPDATEs of two texts, the rest DELETEs; what is changed is a
// row that the same caller made before.
void WorkSource::choose_change(Work& work) {
  auto& alive = alive_[static_cast<std::size_t>(work.caller)];
  const std::uint64_t draw = random_() % 100;
  if (alive.size() < 2 || draw < 50) {
    if (draw < 25) work.kind = Work::Kind::kInsertShort;
    alive.push_back(work.row.id);
    return;
  }
  auto& chosen = alive[random_() % alive.size()];
  work.row.id = chosen;
  if (draw < 84) {
    work.kind = draw < 67 ? Work::Kind::kUpdateAmount : Work::Kind::kRename;
    return;
  }
  work.kind = Work::Kind::kDelete;
  chosen = alive.back();
  alive.pop_back();
}

std::string WorkSource::make_uuid() {
  return plan_.ids == IdKind::kV7 ? make_uuid_v7() : uuid_v4(uuid_random_);
}

std::string table_ddl(std::string_view table) {
  return "CREATE TABLE " + std::string(table) +
         " (id bigint PRIMARY KEY, name text, amount numeric, at timestamptz)";
}

std::string first_row_sql(std::string_view table) {
  return "INSERT INTO " + std::string(table) + " (id, name) VALUES (" +
         std::to_string(kRowThatIsThere) + ", 'the first')";
}

std::string sql_of(Work::Kind kind, std::string_view table) {
  const std::string name(table);
  switch (kind) {
    case Work::Kind::kInsert:
      return "INSERT INTO " + name + " " + std::string(kColumns) + " VALUES ($1, $2, $3, $4)";
    case Work::Kind::kInsertShort:
      return "INSERT INTO " + name + " (id, name) VALUES ($1, $2)";
    case Work::Kind::kUpdateAmount:
      return "UPDATE " + name + " SET amount = $1 WHERE id = $2";
    case Work::Kind::kRename:
      return "UPDATE " + name + " SET name = $1, at = $2 WHERE id = $3";
    case Work::Kind::kDelete:
      return "DELETE FROM " + name + " WHERE id = $1";
  }
  return "";
}

std::string marked_insert_sql(std::string_view table) {
  return "INSERT INTO " + std::string(table) + " " + std::string(kColumns) + " VALUES (?, ?, ?, ?)";
}

std::vector<std::string> params_of(const Work& work) {
  std::vector<std::string> params;
  for (const Value& value : values_of(work)) {
    const bool is_integer = value.kind == Value::Kind::kInteger;
    params.push_back(is_integer ? std::to_string(value.integer) : value.text.str());
  }
  return params;
}

std::string literal_of(const Row& row) {
  return "(" + std::to_string(row.id) + ", '" + row.name + "', " + row.amount + ", '" + row.at +
         "')";
}

Request request_of(const Work& work, Shape shape, std::string_view table) {
  Request request;
  request.uuid = work.uuid;
  request.app = "bench";
  request.pid = kFirstPid + work.caller;
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  if (shape == Shape::kLiteral) {
    request.statements = {{.sql = "INSERT INTO " + std::string(table) + " " +
                                  std::string(kColumns) + " VALUES " + literal_of(work.row),
                           .params = {}}};
  } else {
    auto sql = shape == Shape::kMarks ? marked_insert_sql(table) : sql_of(work.kind, table);
    request.statements = {{.sql = std::move(sql), .params = values_of(work)}};
  }
  return request;
}

}  // namespace sqlbus::bench
