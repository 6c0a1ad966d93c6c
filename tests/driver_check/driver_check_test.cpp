#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

constexpr std::chrono::minutes kRunMax{2};
const std::string kDrivers = SQLBUS_BUILD_DIR "/tests/drivers/";

struct Report {
  int code = -1;
  std::string text;

  bool says(const std::string& what) const { return text.find(what) != std::string::npos; }
  // How often it stands there.
  int count(const std::string& what) const {
    int found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  }
};

// sqlbus driver-check on a database of its own.
class Check {
 public:
  Report run(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    const auto output = folder_ / "output";
    std::ofstream(output, std::ios::trunc).close();
    std::vector<std::string> argv = {SQLBUS_BUILD_DIR "/sqlbus", "driver-check"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    ChildProcess child(
        {.argv = std::move(argv), .environment = std::move(environment), .output = output});
    const auto end = child.wait(kRunMax);
    Report report{end ? end->code : -1, read_text_file(output)};
    return report;
  }
  Report run_on(const std::string& driver, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {driver, "--option", "database=" + database()});
    return run(std::move(arguments));
  }
  std::string database() const { return folder_ / "scratch.db"; }
  std::string file(const std::string& name) const { return folder_ / name; }

  // What a statement yields there, its first cell.
  std::string ask(const char* sql) const {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open(database().c_str(), &raw);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(raw, sqlite3_close);
    REQUIRE(code == SQLITE_OK);
    std::string answer;
    const auto keep = [](void* out, int, char** texts, char**) {
      *static_cast<std::string*>(out) = texts[0] == nullptr ? "NULL" : texts[0];
      return 0;
    };
    REQUIRE(sqlite3_exec(db.get(), sql, keep, &answer, nullptr) == SQLITE_OK);
    return answer;
  }

 private:
  TempDir folder_;
};

}  // namespace

TEST_CASE_FIXTURE(Check, "the SQLite driver passes, and nothing is left in its database") {
  const auto report = run_on(SQLBUS_BUILD_DIR "/drivers/sqlite.so", {"-o", "busy_timeout=300"});
  CHECK_MESSAGE(report.code == 0, report.text);
  CHECK(report.says(", 0 failed\n"));
  CHECK(report.says("ok           ids are bytes of any value\n"));
  CHECK(ask("SELECT count(*) FROM sqlite_master") == "0");
}

TEST_CASE_FIXTURE(Check,
                  "the template, which is plain C, passes and tells what it does not claim") {
  const auto report = run_on(kDrivers + "template_good.so");
  CHECK_MESSAGE(report.code == 0, report.text);
  CHECK(report.says("driver template 1.0"));
  CHECK(report.says("ok           another thread can cancel a statement that runs\n"));
  CHECK(report.says("not claimed  a query in steps can be cancelled (SQLBUS_CAN_STEP)\n"));
  CHECK(report.says("not claimed  ids are bytes of any value (ledger)\n"));
  CHECK(report.count("FAILED") == 0);
}

TEST_CASE_FIXTURE(Check, "a fault is found by the check that is about it, and by no other one") {
  const struct {
    const char* driver;
    const char* only;  // some checks around it, for the sake of time
    const char* check;
    const char* says;
  } cases[] = {
      {"transient_duplicate", "refusals", "the database's refusals have their SQLSTATE and class",
       "gave 2 SQLBUS_TRANSIENT, SQLSTATE \"23505\": UNIQUE constraint failed"},
      {"foreign_is_open", "transaction", "a statement that ends the transaction does not go unseen",
       "expected  session.transaction() == SQLBUS_TRANSACTION_FOREIGN"},
      {"dies_of_bytes", "as they went in", "bytes come back as they went in, whatever they are",
       "died by Segmentation fault, in execute \"INSERT INTO sqlbus_p VALUES (?)\" with 1"},
      {"exits_in_reset", "one thread to another", "", ""},
      {"exits_in_reset", "that is reset", "a session that is reset after an error is as new",
       "ended the process, in reset\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.driver);
    const auto report = run_on(kDrivers + "template_" + c.driver + ".so", {"--only", c.only});
    CAPTURE(report.text);
    const bool is_fault = *c.check != '\0';
    CHECK(report.code == (is_fault ? 1 : 0));
    CHECK(report.count("FAILED ") == (is_fault ? 1 : 0));
    if (!is_fault) continue;
    CHECK(report.says(std::string("FAILED       ") + c.check + "\n"));
    CHECK(report.says("             rule      "));
    CHECK(report.says(c.says));
  }
}

TEST_CASE_FIXTURE(Check, "a driver that hangs is ended, and the checks behind are made") {
  const auto report =
      run_on(kDrivers + "template_hangs_in_cancel.so", {"--only", "cancelled", "--limit", "700ms"});
  CAPTURE(report.text);
  CHECK(report.code == 1);
  CHECK(report.says("FAILED       a wait for a lock can be cancelled\n"));
  CHECK(report.says("hangs: ended after 700 ms, in cancel, called by another thread"));
  CHECK(report.says("not claimed  a query in steps can be cancelled"));
  CHECK(ask("SELECT count(*) FROM sqlite_master") == "0");
}

TEST_CASE_FIXTURE(Check, "what cannot be checked at all is told in one line, with exit status 2") {
  const auto absent = file("absent/scratch.db");
  std::ofstream(file("text.so")) << "not a library";
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{}, "DRIVER is required"},
      {{"sqlite", "--no-such-option"}, "--no-such-option"},
      {{"sqlite", "--option", "database"}, "it is like name=value"},
      {{"sqlite", "--option", "password=${SQLBUS_NOT_SET}"},
       "password names an environment variable"},
      {{"sqlite", "--sql", "no_such_key=x"}, "--help lists the keys"},
      {{"sqlite", "--sql", "returning=x"}, "returning is yes or no"},
      {{"sqlite", "--limit", "5"}, "a time is like"},
      {{file("absent.so")}, "cannot be loaded"},
      {{"sqlite", "--option", "database=" + database(), "--only", "nonsense"},
       "no check has \"nonsense\" in its name"},
      {{file("text.so")}, "cannot be loaded"},
      {{kDrivers + "plain_c_no_rollback.so"}, "its function rollback is missing"},
      {{kDrivers + "template_dies_when_loaded.so"}, "died by Segmentation fault, before any call"},
      {{"sqlite", "--option", "database=" + absent}, "cannot connect"},
  };
  for (const auto& c : cases) {
    const auto report = run(c.arguments);
    CAPTURE(c.says);
    CAPTURE(report.text);
    CHECK(report.code == 2);
    CHECK(report.says(c.says));
  }
}

TEST_CASE_FIXTURE(Check, "a database with tables of the bus is not touched") {
  ask("CREATE TABLE sqlbus_ledger (a); INSERT INTO sqlbus_ledger VALUES ('dear')");
  const auto report = run_on("sqlite");
  CHECK(report.code == 2);
  CHECK(report.says("has a table sqlbus_ledger already"));
  CHECK(ask("SELECT a FROM sqlbus_ledger") == "dear");
}

TEST_CASE_FIXTURE(Check, "what an interrupted run has left does not hinder the next one") {
  ask("CREATE TABLE sqlbus_driver_check (i INTEGER); CREATE TABLE sqlbus_t (a)");
  const auto report = run_on("sqlite", {"--only", "the sink gets all rows"});
  CHECK_MESSAGE(report.code == 0, report.text);
  CHECK(ask("SELECT count(*) FROM sqlite_master") == "0");
}

TEST_CASE_FIXTURE(Check, "a password is never told, wherever it comes from") {
  std::ofstream(file("secret")) << "s3cr3t!\n";
  const auto plain = kDrivers + "plain_c_good.so";
  const std::vector<std::string> said = {plain, "-o", "password=s3cr3t!", "-o",
                                         "refuse=no s3cr3t! here"};
  const std::vector<std::string> from_file = {plain, "-o", "password_file=" + file("secret"), "-o",
                                              "refuse=no s3cr3t! here"};
  const std::vector<std::string> from_environment = {plain, "-o", "password=${SECRET_OF_TEST}",
                                                     "-o", "refuse=no s3cr3t! here"};
  for (const auto& arguments : {said, from_file, from_environment}) {
    const auto report = run(arguments, {"SECRET_OF_TEST=s3cr3t!"});
    CHECK(report.code == 2);
    CHECK_MESSAGE(report.says("cannot connect: no *** here"), report.text);
  }
}

TEST_CASE_FIXTURE(Check, "the report as JSON is one line with the same in it") {
  const auto report =
      run_on(kDrivers + "template_foreign_is_open.so", {"--json", "--only", "unseen"});
  CHECK(report.code == 1);
  CHECK(report.count("\n") == 1);
  CHECK_MESSAGE(report.says(R"("dbtype":"SQLITE","ok":1,"not claimed":0,"FAILED":1,"checks":[)"),
                report.text);
  CHECK(report.says(
      R"({"name":"a DDL that commits by itself does not go unseen","rule":"transaction: )"));
}

TEST_CASE_FIXTURE(Check, "each check says which part of the contract it is about") {
  const auto report = run({"--list"});
  CHECK(report.code == 0);
  std::istringstream lines(report.text);
  std::string name;
  std::string rule;
  int checks = 0;
  while (std::getline(lines, name) && std::getline(lines, rule)) {
    CAPTURE(name);
    ++checks;
    CHECK(rule.find_first_not_of(' ') != std::string::npos);
  }
  CHECK(checks > 80);
  const auto help = run({"--help"});
  CHECK(help.code == 0);
  CHECK(help.says("bytes_type"));
}

}  // namespace sqlbus::test
