#include "client/driver_check/preparation.hpp"

#include <algorithm>
#include <stdexcept>

#include "client/driver_check/child.hpp"
#include "client/driver_check/option_subject.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::check {
namespace {

using test::AbiSession;

bool has_table(AbiSession& session, const std::string& table) {
  return session.run("SELECT count(*) FROM " + table).ok();
}

// The database says so by taking a parameter for it.
bool has_question_marks(const test::Options& options) {
  AbiSession session(test::driver(), options);
  const test::Run one{.params = {test::integer(7)}};
  const auto is_seven = [](const test::Answer& answer) { return answer.value() == "7"; };
  const std::string by_number = "SELECT 0 + $1";
  const std::string by_place = "SELECT 0 + ?";
  return !is_seven(session.run(by_number, one)) && is_seven(session.run(by_place, one));
}

// The one that is there and was made by somebody else.
std::string foreign_table(AbiSession& session) {
  if (has_table(session, kMarkTable)) return {};
  for (const char* table : test::kTables) {
    if (has_table(session, table)) return table;
  }
  return {};
}

}  // namespace

void prepare(const Target& target, CallNote& note, std::ostream& out) {
  const auto refuse = [&](const std::string& why) { send(out, Record::Kind::kError, why); };
  try {
    set_subject(target, note, out);
  } catch (const std::runtime_error& e) {
    return refuse(e.what());
  }
  const auto& driver = test::driver();
  send(out, Record::Kind::kDriver, std::string(driver.name) + " " + driver.version);
  const auto answer = AbiSession::try_connect(driver, target.options);
  if (!answer.ok()) {
    return refuse("cannot connect: " + answer.message + " (SQLSTATE " + answer.sqlstate + ")");
  }
  send(out, Record::Kind::kConnected);
  AbiSession session(driver, target.options);
  const char* dbtype = driver.dbtype(session.get());
  send(out, Record::Kind::kDbtype, dbtype == nullptr ? "" : dbtype);
  if (has_question_marks(target.options)) send(out, Record::Kind::kQuestionMarks);
  if (const auto table = foreign_table(session); !table.empty()) {
    return refuse("the database has a table " + table +
                  " already: the checks need one that may be thrown away");
  }
  if (has_table(session, kMarkTable)) return;
  const auto marked = session.run("CREATE TABLE " + std::string(kMarkTable) + " (i INTEGER)");
  if (!marked.ok()) refuse("cannot make a table: " + marked.message);
}

void clean_up(const Target& target, CallNote& note, std::ostream& out) {
  set_subject(target, note, out);
  test::subject().clear();
  AbiSession session(test::driver(), target.options);
  session.run("DROP TABLE " + std::string(kMarkTable));
}

}  // namespace sqlbus::check
