#include "client/driver_check/option_subject.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "client/driver_check/child.hpp"
#include "client/driver_check/observed_driver.hpp"
#include "daemon/session/driver_library.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::check {
namespace {

std::string value_of(const test::Options& options, const char* name) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [name](const auto& option) { return option.first == name; });
  return found == options.end() ? std::string() : found->second;
}

void set(test::Options& options, const std::string& name, const std::string& value) {
  const auto is_it = [&](const auto& option) { return option.first == name; };
  options.erase(std::remove_if(options.begin(), options.end(), is_it), options.end());
  options.emplace_back(name, value);
}

class OptionSubject final : public test::Subject {
 public:
  OptionSubject(const Target& target, const sqlbus_driver& driver, std::ostream& out)
      : target_(target), driver_(driver), dialect_(dialect_of(target)), out_(out) {}

  const sqlbus_driver& driver() const { return driver_; }

  std::string driver_path() const override { return target_.path; }
  const char* dbtype() const override { return target_.dbtype.c_str(); }
  test::Options options() override { return target_.options; }

  test::Options unreachable() const override {
    auto options = target_.options;
    if (target_.unreachable.empty() && !guess_unreachable(options)) return {};
    for (const auto& [name, value] : target_.unreachable) set(options, name, value);
    set(options, "password", "s3cret");
    return options;
  }
  const char* names_unreachable() const override {
    return target_.unreachable.empty() ? "absent" : "";
  }
  bool knows_its_numbers() const override { return false; }

  const test::Dialect& dialect() const override { return dialect_; }
  std::vector<test::ColumnCase> column_cases() const override {
    return test::column_cases_of(target_.dbtype, dialect_);
  }

  // The driver may know how: as the one that takes a dead daemon's place does it.
  bool kill_sessions() override {
    if (driver_.terminate == nullptr) return false;
    auto options = target_.options;
    set(options, "application_name", "sqlbus:other:0");
    test::AbiSession killer(driver_, options);
    const std::string instance = "conformance";
    std::size_t ended = 0;
    sqlbus_error error{};
    driver_.terminate(killer.get(), {instance.data(), instance.size()}, &ended, &error);
    return ended > 0;
  }

  // What is not there cannot be dropped, which is no fault.
  void clear() override {
    test::AbiSession session(driver_, target_.options);
    for (const char* table : test::kTables) session.run("DROP TABLE " + std::string(table));
  }

  void on_not_claimed(const char* what) override { send(out_, Record::Kind::kNotClaimed, what); }

 private:
  static bool guess_unreachable(test::Options& options) {
    const auto server = value_of(options, "server");
    const auto database = value_of(options, "database");
    if (!value_of(options, "connection_string").empty()) return false;
    if (!server.empty()) {
      set(options, "server", server[0] == '/' ? server + "/absent" : "absent.invalid");
      return true;
    }
    if (database.find('/') == std::string::npos) return false;
    set(options, "database", database + "/absent.db");
    return true;
  }

  const Target& target_;
  const sqlbus_driver& driver_;
  const test::Dialect dialect_;
  std::ostream& out_;
};

std::unique_ptr<OptionSubject>& current() {
  static std::unique_ptr<OptionSubject> subject;
  return subject;
}

}  // namespace

test::Dialect dialect_of(const Target& target) {
  auto dialect = test::dialect_of(target.dbtype);
  dialect.has_question_marks = target.has_question_marks;
  for (const auto& [name, value] : target.sql) {
    for (const auto& key : test::dialect_keys()) {
      if (key.name != name) continue;
      if (key.text != nullptr) dialect.*key.text = value;
      if (key.flag != nullptr) dialect.*key.flag = value == "yes";
    }
  }
  return dialect;
}

void set_subject(const Target& target, CallNote& note, std::ostream& out) {
  const auto loaded = load_driver(target.path);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  current() = std::make_unique<OptionSubject>(target, observed(*loaded->table, note), out);
}

}  // namespace sqlbus::check

namespace sqlbus::test {

Subject& subject() { return *check::current(); }
const sqlbus_driver& driver() { return check::current()->driver(); }

}  // namespace sqlbus::test
