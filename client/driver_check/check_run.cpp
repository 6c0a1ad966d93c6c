#define DOCTEST_CONFIG_IMPLEMENT
// A check that crashes dies, and its parent says so.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include "client/driver_check/check_run.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>
#include <string_view>

#include "client/driver_check/child.hpp"

namespace sqlbus::check {
namespace {

constexpr const char* kReporter = "driver_check";

// doctest makes the reporter: this is how it comes by the note.
const CallNote*& current_note() {
  static const CallNote* note = nullptr;
  return note;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (auto& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

class Reporter final : public doctest::IReporter {
 public:
  explicit Reporter(const doctest::ContextOptions& options) : out_(*options.cout) {}

  void report_query(const doctest::QueryData& query) override {
    for (unsigned i = 0; i < query.num_data; ++i) {
      const auto& test = *query.data[i];
      out_ << test.m_name << '\n'
           << (test.m_description == nullptr ? "" : test.m_description) << '\n';
    }
  }

  void log_assert(const doctest::AssertData& data) override {
    if (!data.m_failed) return;
    std::ostringstream text;
    const bool is_negated = (data.m_at & doctest::assertType::is_false) != 0;
    text << "expected  " << (is_negated ? "not " : "") << data.m_expr << "\n";
    if (data.m_threw) {
      text << "came      an exception: " << one_line(data.m_exception.c_str());
    } else {
      text << "came      " << one_line(data.m_decomp.c_str());
    }
    add_contexts(text);
    add_place(text, data.m_file, data.m_line);
    fail(text.str());
  }

  void log_message(const doctest::MessageData& data) override {
    std::ostringstream text;
    text << one_line(data.m_string.c_str());
    add_place(text, data.m_file, data.m_line);
    if (data.m_severity != doctest::assertType::is_warn) fail(text.str());
  }

  void test_case_exception(const doctest::TestCaseException& exception) override {
    fail("came      an exception: " + one_line(exception.error_string.c_str()));
  }

  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  static void add_contexts(std::ostream& text) {
    const auto* const* contexts = get_active_contexts();
    for (int i = 0; i < get_num_active_contexts(); ++i) {
      std::ostringstream context;
      contexts[i]->stringify(&context);
      text << "\nwhere     " << one_line(context.str());
    }
  }
  static void add_place(std::ostream& text, const char* file, int line) {
    if (const auto* note = current_note(); note != nullptr && note->returned[0] != '\0') {
      text << "\nafter     " << one_line(note->returned);
    }
    text << "\nin        " << std::filesystem::path(file).filename().string() << ":" << line;
  }
  void fail(const std::string& text) { send(out_, Record::Kind::kFailed, text); }

  std::ostream& out_;
};

const int kIsRegistered = doctest::registerReporter<Reporter>(kReporter, 1, true);

}  // namespace

std::vector<Check> all_checks() {
  std::stringstream out;
  doctest::Context context;
  context.setCout(&out);
  context.setOption("reporters", kReporter);
  const char* const list[] = {"", "--list-test-cases"};
  context.applyCommandLine(2, list);
  context.run();
  std::vector<Check> checks;
  Check check;
  while (std::getline(out, check.name) && std::getline(out, check.rule)) {
    ++check.number;
    checks.push_back(check);
  }
  return checks;
}

void run_check(const Check& check, const CallNote& note, std::ostream& out) {
  static_cast<void>(kIsRegistered);
  current_note() = &note;
  doctest::Context context;
  context.setCout(&out);
  context.setOption("reporters", kReporter);
  context.setOption("first", check.number);
  context.setOption("last", check.number);
  context.run();
}

}  // namespace sqlbus::check
