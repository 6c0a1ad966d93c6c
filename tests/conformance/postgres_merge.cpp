// Inserts that PostgreSQL's driver runs as sets leave the table as one by one.
#include <doctest/doctest.h>

#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

using Items = std::vector<GroupItem>;

Items with_flag(Items items) {
  for (auto& item : items) item.flags = SQLBUS_ITEM_MERGE;
  return items;
}

// What a query says after the items have run in groups of their own, once merged and once not.
struct MergeFixture : Fixture {
  std::string outcome(const std::string& tables, const Items& items, const std::string& query) {
    subject().clear();
    auto session = connect();
    for (std::size_t at = 0; at < tables.size();) {
      const auto end = std::min(tables.find(";;", at), tables.size());
      const auto made = session.run(tables.substr(at, end - at));
      REQUIRE_MESSAGE(made.ok(), made.message);
      at = end + 2;
    }
    const auto answer = run_group(session, items);
    if (!answer.ok()) {
      session.rollback();
      return "failed " + answer.sqlstate;
    }
    REQUIRE(session.commit().ok());
    std::string text;
    for (const auto& row : session.run(query).rows) {
      for (const auto& cell : row) text += text_of(cell) + "|";
      text += "\n";
    }
    return text;
  }
  // How many statements inserted the rows: all of one share their cmin.
  std::size_t statements(const std::string& table) {
    auto session = connect();
    return session.run("SELECT DISTINCT cmin::text FROM " + table).rows.size();
  }
  void check_same(const std::string& tables, const Items& items, const std::string& query) {
    const auto apart = outcome(tables, items, query);
    CHECK(outcome(tables, with_flag(items), query) == apart);
  }
};

Items rows(const std::string& sql, const std::vector<std::vector<Datum>>& params) {
  Items items;
  for (const auto& row : params) items.push_back({sql, row});
  return items;
}

std::string text_row(int i) { return "row " + std::to_string(i); }

}  // namespace

TEST_CASE_FIXTURE(MergeFixture, "neighbours of one shape are one statement, in their order") {
  Items items;
  for (int i = 0; i < 50; ++i) {
    items.push_back({"INSERT INTO m (a, b) VALUES ($1, $2)", {integer(i), text(text_row(i))}});
  }
  const std::string table = "CREATE TABLE m (n serial, a integer, b text, c text DEFAULT 'd')";
  const std::string query = "SELECT n, a, b, c FROM m ORDER BY n";
  const auto apart = outcome(table, items, query);
  CHECK(statements("m") == 50);
  CHECK(outcome(table, with_flag(items), query) == apart);
  CHECK(statements("m") == 1);
  for (auto& item : items) {
    item.sql = "insert into m(a,b) values (" + text_of(item.params[0]) + ", '" +
               item.params[1].text + "')";
    item.params.clear();
  }
  CHECK(outcome(table, with_flag(items), query) == apart);
  CHECK(statements("m") == 1);
}

TEST_CASE_FIXTURE(MergeFixture, "values of every kind and type are the same in a set") {
  const std::string table =
      "CREATE TABLE m (n serial, a smallint, b bigint, c numeric(20,3), d double precision, e "
      "real, "
      "f text, g varchar(8), h char(4), i bytea, j boolean, k date, l timestamptz, m timestamp, "
      "o jsonb, p json, q uuid, r inet, s bit(3), t interval, u time)";
  const std::string sql =
      "INSERT INTO m (a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s, t, u) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
  const std::vector<std::vector<Datum>> params = {
      {integer(-32768),
       integer(INT64_MIN),
       number("-1.0005"),
       number("1e300"),
       number("0.1"),
       text("a\"b\\c,{}\n"),
       text("x"),
       text("y"),
       bytes(std::string("\0\xff", 2)),
       boolean(true),
       text("2024-02-29"),
       text("2024-02-29 12:00+05"),
       text("2024-02-29 12:00+05"),
       text("{\"b\":1, \"a\":[null]}"),
       text("{ \"b\" : 1}"),
       text("6F9619FF-8B86-D011-B42D-00C04FC964FF"),
       text("10.0.0.1"),
       text("101"),
       text("1 day 02:03"),
       text("23:59:59.5")},
      std::vector<Datum>(20, null_datum()),
      {integer(32767),    integer(INT64_MAX),
       integer(7),        text("NaN"),
       text("-Infinity"), text(""),
       integer(12),       boolean(true),
       bytes(""),         text("off"),
       text("infinity"),  text("today"),
       text("epoch"),     text("null"),
       text("[]"),        text("00000000-0000-0000-0000-000000000000"),
       text("::1/64"),    text("000"),
       text("P1Y"),       text("00:00")},
      {number("5"),  text("12"),         text("1.5"),        integer(3),     integer(16777217),
       text("NULL"), text("null"),       text(""),           null_datum(),   null_datum(),
       null_datum(), text("2024-01-01"), text("2024-01-01"), number("1.50"), number("1.50"),
       null_datum(), null_datum(),       null_datum(),       text("1"),      null_datum()},
      {integer(0),         integer(0),     integer(0),   integer(0),    integer(0),
       number("1.50"),     number("1.50"), text("größ"), null_datum(),  boolean(false),
       text("2024-01-01"), null_datum(),   null_datum(), boolean(true), integer(1),
       null_datum(),       null_datum(),   null_datum(), null_datum(),  null_datum()}};
  check_same(table, rows(sql, params), "SELECT * FROM m ORDER BY n");
}

TEST_CASE_FIXTURE(MergeFixture, "literals of every form are the same in a set") {
  const std::string table =
      "CREATE TABLE m (n serial, a integer, b numeric(10,2), c double precision, d text, e "
      "boolean, "
      "f timestamptz, g real, h bigint)";
  Items items;
  for (const std::string values :
       {"1, 1.005, .5, 'it''s', true, '2024-01-01 00:00+01', 0.1, 9223372036854775807",
        "007, -1.5, 1., E'a\\tb\\'c', FALSE, 'today', -0, -5",
        "-3, 1e3, 1E-3, $$it's $1$$, NULL, NULL, -0.0, 0",
        "2147483647, 5, 5, $t$a$$b$t$, "
        "/* a /* nested */ one */ true -- b\n, 'epoch', 16777217, 1",
        "NULL, NULL, NULL, '', null, 'infinity', 1, 1", "0, 0, 0, 'x', true, 'epoch', 3e38, 3"}) {
    items.push_back({"INSERT INTO m (a, b, c, d, e, f, g, h) VALUES (" + values + ")"});
  }
  check_same(table, items, "SELECT * FROM m ORDER BY n");
}

TEST_CASE_FIXTURE(MergeFixture, "a number without quotes is converted as the number it is") {
  const Items items = {{"INSERT INTO m VALUES (1.6, 007, 1.50, 2)"},
                       {"INSERT INTO m VALUES (2.5, 1, 1e2, 3)"},
                       {"INSERT INTO m VALUES (-1.5, 010, .5, 4)"},
                       {"INSERT INTO m VALUES (3, 2, 3, 5)"},
                       {"INSERT INTO m VALUES (4, 3, 4, 6)"}};
  check_same("CREATE TABLE m (a integer, b text, c text, d integer)", items,
             "SELECT * FROM m ORDER BY d");
}

TEST_CASE_FIXTURE(MergeFixture, "what else stands in an insert stays apart") {
  const std::string table = "CREATE TABLE m (n serial, a integer UNIQUE, b text)";
  for (const std::string sql :
       {"INSERT INTO m (a) VALUES ($1) ON CONFLICT DO NOTHING",
        "INSERT INTO m (a) VALUES ($1), ($1 + 100)", "INSERT INTO m (a) SELECT $1",
        "INSERT INTO m (a) VALUES ($1 + 1)", "INSERT INTO m (n, a) VALUES (DEFAULT, $1)",
        "INSERT INTO m AS x (a) VALUES ($1)", "INSERT INTO m (a, b) VALUES ($1, $1)",
        "INSERT INTO m (a, b) VALUES ($1, lower('X'))", "INSERT INTO m (a) VALUES ($1) RETURNING n",
        "INSERT INTO m (a, b) VALUES ($1, 'x'\n'y')", "INSERT INTO m (a, b) VALUES ($1, U&'x')"}) {
    CAPTURE(sql);
    Items items;
    for (int i = 0; i < 6; ++i) items.push_back({sql, {integer(i)}});
    check_same(table, items, "SELECT n, a, b FROM m ORDER BY n");
  }
}

TEST_CASE_FIXTURE(MergeFixture, "tables that would notice get their rows one by one") {
  const std::string notice =
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
      "INSERT INTO log SELECT count(*) FROM m; RETURN NEW; END$$";
  const std::string tables =
      "CREATE TABLE m (a integer, b integer);;CREATE TABLE log (n integer);;" + notice + ";;";
  for (const std::string trigger :
       {"AFTER INSERT ON m FOR EACH STATEMENT", "AFTER INSERT ON m FOR EACH ROW",
        "BEFORE INSERT ON m FOR EACH ROW"}) {
    CAPTURE(trigger);
    Items items;
    for (int i = 0; i < 6; ++i) {
      items.push_back({"INSERT INTO m VALUES ($1, 0)", {integer(i)}});
    }
    check_same(tables + "CREATE TRIGGER t " + trigger + " EXECUTE FUNCTION note()", items,
               "SELECT n FROM log ORDER BY n");
  }
  check_same(tables + "CREATE RULE r AS ON INSERT TO m DO ALSO INSERT INTO log VALUES (NEW.a)",
             rows("INSERT INTO m VALUES ($1, 0)",
                  {{integer(1)}, {integer(2)}, {integer(3)}, {integer(4)}}),
             "SELECT n FROM log ORDER BY n");
  // One by one the child comes before its parent and fails.
  check_same("CREATE TABLE m (a integer PRIMARY KEY, b integer REFERENCES m)",
             rows("INSERT INTO m VALUES ($1, $2)", {{integer(1), integer(2)},
                                                    {integer(2), null_datum()},
                                                    {integer(3), null_datum()},
                                                    {integer(4), null_datum()}}),
             "SELECT a FROM m");
  check_same(
      "CREATE TABLE m (a integer, b integer) PARTITION BY LIST (b);;"
      "CREATE TABLE m0 PARTITION OF m FOR VALUES IN (0);;CREATE TABLE log (n integer);;" +
          notice + ";;CREATE TRIGGER t AFTER INSERT ON m0 FOR EACH ROW EXECUTE FUNCTION note()",
      rows("INSERT INTO m VALUES ($1, 0)",
           {{integer(1)}, {integer(2)}, {integer(3)}, {integer(4)}}),
      "SELECT n FROM log ORDER BY n");
}

TEST_CASE_FIXTURE(MergeFixture, "a fault in a set says among which it is") {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE m (a integer PRIMARY KEY)").ok());
  Items items = rows("INSERT INTO m VALUES ($1)",
                     {{integer(1)}, {integer(2)}, {integer(3)}, {integer(1)}, {integer(4)}});
  items.insert(items.begin(), {"SELECT 1"});
  const auto answer = run_group(session, with_flag(items));
  CHECK(answer.sqlstate == "23505");
  CHECK(answer.completed == 1);
  CHECK(answer.suspects == 5);
}

TEST_CASE_FIXTURE(MergeFixture, "a table that changes between two groups is seen to have changed") {
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run("CREATE TABLE m (a date, b integer)").ok());
  const auto insert = [&] {
    const auto answer = run_group(
        session,
        with_flag(rows("INSERT INTO m VALUES ($1, $2)", {{text("2024-01-01 10:00"), integer(1)},
                                                         {text("2024-01-01 10:00"), integer(2)},
                                                         {text("2024-01-01 10:00"), integer(3)},
                                                         {text("2024-01-01 10:00"), integer(4)}})));
    if (answer.ok()) {
      REQUIRE(session.commit().ok());
    } else {
      REQUIRE(session.rollback().ok());
    }
    return answer.cls;
  };
  REQUIRE(insert() == SQLBUS_OK);
  REQUIRE(insert() == SQLBUS_OK);
  // A set that was prepared before would cut the hours off without a word.
  REQUIRE(other.run("ALTER TABLE m ALTER COLUMN a TYPE timestamp").ok());
  CHECK(insert() == SQLBUS_AGAIN);
  REQUIRE(insert() == SQLBUS_OK);
  CHECK(session.run("SELECT count(*) FROM m WHERE a = '2024-01-01 10:00'").value() == "4");
  // So would a trigger that is made meanwhile.
  REQUIRE(other
              .run("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; "
                   "END$$")
              .ok());
  REQUIRE(other.run("CREATE TRIGGER t BEFORE INSERT ON m FOR EACH STATEMENT EXECUTE FUNCTION f()")
              .ok());
  CHECK(insert() == SQLBUS_AGAIN);
  REQUIRE(insert() == SQLBUS_OK);
  CHECK(session.run("SELECT count(*) FROM m WHERE a = '2024-01-01 10:00'").value() == "8");
}

TEST_CASE_FIXTURE(MergeFixture, "a column's new type reaches a prepared statement in time") {
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run("CREATE TABLE m (a integer)").ok());
  const auto insert = [&](Datum value) {
    const auto answer = run_group(session, rows("INSERT INTO m VALUES ($1)", {{value}}));
    (answer.ok() ? session.commit() : session.rollback());
    return answer.cls;
  };
  for (int i = 0; i < 4; ++i) REQUIRE(insert(integer(i)) == SQLBUS_OK);
  REQUIRE(other.run("ALTER TABLE m ALTER COLUMN a TYPE text").ok());
  CHECK(insert(text("abc")) == SQLBUS_AGAIN);
  CHECK(insert(text("abc")) == SQLBUS_OK);
  CHECK(session.run("SELECT max(a) FROM m").value() == "abc");
}

}  // namespace sqlbus::test
