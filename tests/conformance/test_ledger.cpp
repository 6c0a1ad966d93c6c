#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

struct Row {
  std::string id;
  std::uint64_t digest = 0;
  std::int64_t applied_at_us = 0;
  std::string sqlstate = {};
  std::string message = {};
  std::string answer = {};

  friend bool operator==(const Row&, const Row&) = default;
};

sqlbus_text view(const std::string& text) { return {text.data(), text.size()}; }

sqlbus_ledger_row borrow(const Row& row) {
  return {view(row.id),       row.digest,        row.applied_at_us,
          view(row.sqlstate), view(row.message), view(row.answer)};
}

// The ledger's calls with comparable values.
class Ledger {
 public:
  explicit Ledger(AbiSession& session) : session_(session), table_(*driver().ledger) {}

  int create() { return table_.create(session_.get(), &error_); }

  int insert(const std::vector<Row>& rows, std::vector<std::uint8_t>* inserted = nullptr) {
    std::vector<sqlbus_ledger_row> borrowed;
    borrowed.reserve(rows.size());
    for (const auto& row : rows) borrowed.push_back(borrow(row));
    if (inserted != nullptr) inserted->assign(rows.size(), 9);
    return table_.insert(session_.get(), borrowed.data(), borrowed.size(),
                         inserted == nullptr ? nullptr : inserted->data(), &error_);
  }

  std::map<std::string, Row> lookup(const std::vector<std::string>& ids) {
    std::vector<sqlbus_text> borrowed;
    borrowed.reserve(ids.size());
    for (const auto& id : ids) borrowed.push_back(view(id));
    std::map<std::string, Row> found;
    const auto keep = [](void* context, const sqlbus_ledger_row* row) {
      (*static_cast<std::map<std::string, Row>*>(context))[copy(row->id)] = {
          copy(row->id),       row->digest,        row->applied_at_us,
          copy(row->sqlstate), copy(row->message), copy(row->answer)};
    };
    CHECK(table_.lookup(session_.get(), borrowed.data(), borrowed.size(), &found, keep, &error_) ==
          SQLBUS_OK);
    return found;
  }

  Answer commit_with(const Row& row) { return session_.commit({borrow(row)}); }

  bool reopen(const Row& row) {
    const auto borrowed = borrow(row);
    std::uint8_t reopened = 9;
    CHECK(table_.reopen(session_.get(), &borrowed, &reopened, &error_) == SQLBUS_OK);
    return reopened == 1;
  }

  std::int64_t horizon(std::size_t rows_max) {
    std::int64_t applied_at_us = -1;
    CHECK(table_.horizon(session_.get(), rows_max, &applied_at_us, &error_) == SQLBUS_OK);
    return applied_at_us;
  }

  std::size_t prune(std::int64_t older_than_us, std::size_t limit) {
    std::size_t removed = 0;
    CHECK(table_.prune(session_.get(), older_than_us, limit, &removed, &error_) == SQLBUS_OK);
    return removed;
  }

  std::string sqlstate() const { return error_.sqlstate; }

 private:
  AbiSession& session_;
  const sqlbus_ledger& table_;
  sqlbus_error error_{};
};

}  // namespace

TEST_CASE_FIXTURE(
    Fixture,
    "the ledger keeps what was inserted in a transaction" *
        doctest::description(
            "ledger.insert, ledger.lookup: found() for each id that has a row, with all of it")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(ledger.create() == SQLBUS_OK);
  const Row first{"a", 0xffff'ffff'ffff'ffff, 5, "", "", ""};
  const Row second{"b\"\\{},", 1, INT64_MAX, "23505", "it's \"there\"", "{\"A\":[1,\"\\\\\"]}"};
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({first, second}) == SQLBUS_OK);
  REQUIRE(session.commit().ok());
  const auto found = ledger.lookup({first.id, second.id, "absent"});
  REQUIRE(found.size() == 2);
  CHECK(found.at(first.id) == first);
  CHECK(found.at(second.id) == second);
}

TEST_CASE_FIXTURE(Fixture,
                  "an id that is there fails the plain insert and is passed over by the other" *
                      doctest::description("ledger.insert: 23505 where inserted is NULL, else "
                                           "inserted[i] says whether row i is new")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"b", 1, 1}, {"d", 1, 1}}) == SQLBUS_OK);
  REQUIRE(session.commit().ok());

  REQUIRE(session.begin().ok());
  CHECK(ledger.insert({{"a", 2, 2}, {"b", 2, 2}}) == SQLBUS_PERMANENT);
  CHECK(ledger.sqlstate() == "23505");
  REQUIRE(session.rollback().ok());

  std::vector<std::uint8_t> inserted;
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"B", 2, 2}, {"a", 2, 2}, {"b", 2, 2}, {"c", 2, 2}, {"d", 2, 2}},
                        &inserted) == SQLBUS_OK);
  CHECK(inserted == std::vector<std::uint8_t>{1, 1, 0, 1, 0});
  REQUIRE(session.commit().ok());
  CHECK(ledger.lookup({"b"}).at("b").digest == 1);
  CHECK(ledger.lookup({"B", "a", "c"}).size() == 3);
}

TEST_CASE_FIXTURE(
    Fixture, "an id that is there is found, whatever number of rows came before" *
                 doctest::description("ledger.insert: an id that is there is SQLSTATE 23505")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  std::vector<Row> known;
  for (const int count : {1, 2, 1, 1, 3, 1, 5, 2}) {
    CAPTURE(count);
    std::vector<Row> rows;
    for (int i = 0; i < count; ++i) {
      const auto number = static_cast<std::int64_t>(known.size()) + i;
      rows.push_back(
          {"id " + std::to_string(100 + number), static_cast<std::uint64_t>(number), 7 * number});
    }
    REQUIRE(session.begin().ok());
    REQUIRE(ledger.insert(rows) == SQLBUS_OK);
    REQUIRE(session.commit().ok());
    known.insert(known.end(), rows.begin(), rows.end());
    REQUIRE(session.begin().ok());
    CHECK(ledger.insert({{"a new one", 1, 1}, rows.back()}) == SQLBUS_PERMANENT);
    CHECK(ledger.sqlstate() == "23505");
    REQUIRE(session.rollback().ok());
    REQUIRE(session.begin().ok());
    REQUIRE(ledger.insert({{"by itself " + rows.back().id, 1, 1}}) == SQLBUS_OK);
    CHECK(ledger.insert({{"a new one", 1, 1}, rows.back()}) == SQLBUS_PERMANENT);
    CHECK(ledger.sqlstate() == "23505");
    REQUIRE(session.rollback().ok());
  }
  for (const auto& row : known) {
    CAPTURE(row.id);
    REQUIRE(ledger.lookup({row.id}).size() == 1);
    CHECK(ledger.lookup({row.id}).at(row.id) == row);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "failures among many rows are kept as they are" *
                      doctest::description("ledger.insert: rows are kept as they are given")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  std::vector<Row> rows;
  for (int i = 100; i < 220; ++i) rows.push_back({"id " + std::to_string(i), 7, i});
  rows[40] = {"id 140", 7, 140, "23505", "duplicate", ""};
  rows[110].answer = "{}";
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert(rows) == SQLBUS_OK);
  REQUIRE(session.commit().ok());
  for (const auto& row : rows) {
    CAPTURE(row.id);
    CHECK(ledger.lookup({row.id}).at(row.id) == row);
  }
}

TEST_CASE_FIXTURE(Fixture, "a rolled back transaction leaves nothing in the ledger" *
                               doctest::description("ledger.insert: in the open transaction")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"a", 1, 1}}) == SQLBUS_OK);
  REQUIRE(session.rollback().ok());
  CHECK(ledger.lookup({"a"}).empty());
}

TEST_CASE_FIXTURE(
    Fixture,
    "an outcome is recorded with its row" *
        doctest::description(
            "commit: before it, the rows with these ids get this sqlstate, message and answer")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"a", 7, 8}, {"b", 7, 8}}) == SQLBUS_OK);
  REQUIRE(ledger.commit_with({"a", 0, 0, "23505", "duplicate", "{}"}).ok());
  CHECK(ledger.lookup({"a"}).at("a") == Row{"a", 7, 8, "23505", "duplicate", "{}"});
  CHECK(ledger.lookup({"b"}).at("b") == Row{"b", 7, 8});
}

TEST_CASE_FIXTURE(
    Fixture,
    "ids are bytes of any value" *
        doctest::description("sqlbus_ledger_row.id: bytes of any value, and compare as such")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  std::string all;
  for (int byte = 0; byte < 64; ++byte) all += static_cast<char>(byte * 4 + 3);
  const Row low{std::string("\0", 1), 1, 1};
  const Row high{all, 2, 2};
  const Row same_but_for_case{"\xC3\xA9", 3, 3};
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({low, high, same_but_for_case}) == SQLBUS_OK);
  REQUIRE(ledger.commit_with({low.id, 0, 0, "", "", "{}"}).ok());
  const auto found = ledger.lookup({low.id, high.id, same_but_for_case.id});
  REQUIRE(found.size() == 3);
  CHECK(found.at(low.id).answer == "{}");
  CHECK(found.at(high.id) == high);
}

TEST_CASE_FIXTURE(
    Fixture,
    "a failure can be opened again, what is applied cannot" *
        doctest::description(
            "ledger.reopen: a failure becomes one that is applied, with this digest and moment")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"a", 7, 8}, {"b", 7, 8, "23505", "duplicate", ""}}) == SQLBUS_OK);
  CHECK_FALSE(ledger.reopen({"a", 9, 9}));
  CHECK_FALSE(ledger.reopen({"absent", 9, 9}));
  CHECK(ledger.reopen({"b", 9, 10}));
  CHECK_FALSE(ledger.reopen({"b", 9, 10}));
  REQUIRE(session.commit().ok());
  CHECK(ledger.lookup({"a"}).at("a") == Row{"a", 7, 8});
  CHECK(ledger.lookup({"b"}).at("b") == Row{"b", 9, 10});
}

TEST_CASE_FIXTURE(
    Fixture,
    "the horizon is the moment that so many rows are younger than" *
        doctest::description(
            "ledger.horizon: the moment of the row that has rows_max younger ones, else 0")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"a", 1, 30}, {"b", 1, 10}, {"c", 1, 20}, {"d", 1, 40}}) == SQLBUS_OK);
  REQUIRE(session.commit().ok());
  CHECK(ledger.horizon(1) == 30);
  CHECK(ledger.horizon(3) == 10);
  CHECK(ledger.horizon(4) == 0);
}

TEST_CASE_FIXTURE(
    Fixture,
    "a ledger of a version that the driver does not know is not used" *
        doctest::description(
            "ledger.create: a version that the driver does not know is SQLBUS_CONNECTION")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.run("UPDATE sqlbus_ledger_version SET version = 2").ok());
  CHECK(ledger.create() == SQLBUS_CONNECTION);
  CHECK(ledger.sqlstate() == "08001");
}

TEST_CASE_FIXTURE(
    Fixture,
    "pruning removes the oldest rows, and no more than it is told" *
        doctest::description(
            "ledger.prune: at most `limit` of the oldest rows that are older than that moment")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto session = connect();
  Ledger ledger(session);
  REQUIRE(ledger.create() == SQLBUS_OK);
  REQUIRE(session.begin().ok());
  REQUIRE(ledger.insert({{"a", 1, 30}, {"b", 1, 10}, {"c", 1, 20}, {"d", 1, 40}}) == SQLBUS_OK);
  REQUIRE(session.commit().ok());
  CHECK(ledger.prune(40, 2) == 2);
  CHECK(ledger.lookup({"a", "b", "c", "d"}).size() == 2);
  CHECK(ledger.lookup({"a", "d"}).size() == 2);
  CHECK(ledger.prune(40, 100) == 1);
  CHECK(ledger.prune(40, 100) == 0);
  CHECK(ledger.lookup({"d"}).size() == 1);
}

TEST_CASE_FIXTURE(
    Fixture, "two sessions can make the ledger at the same time" *
                 doctest::description("ledger.create: makes the tables where they are absent")) {
  if (lacks(driver().ledger != nullptr, "ledger")) return;
  auto make = [this] {
    auto session = connect();
    CHECK(Ledger(session).create() == SQLBUS_OK);
  };
  std::thread other(make);
  make();
  other.join();
}

}  // namespace sqlbus::test
