#include "client/driver_check/checker.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <new>
#include <system_error>

#include "client/driver_check/child.hpp"
#include "client/driver_check/option_subject.hpp"
#include "client/driver_check/preparation.hpp"

namespace sqlbus::check {
namespace {

// A cancel that takes longer than this hangs, where its check has come to its limit.
constexpr std::int64_t kCancelMsMax = 200;

// The note, in memory that the children share.
class SharedNote {
 public:
  SharedNote() {
    void* memory = ::mmap(nullptr, sizeof(CallNote), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    note_ = new (memory) CallNote;
  }
  ~SharedNote() { ::munmap(note_, sizeof(CallNote)); }
  SharedNote(const SharedNote&) = delete;
  SharedNote& operator=(const SharedNote&) = delete;

  CallNote& fresh() { return *new (note_) CallNote; }

 private:
  CallNote* note_ = nullptr;
};

std::string text_of(std::chrono::milliseconds limit) {
  const auto ms = limit.count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

// Where the driver was when its process ended.
std::string place_of(const CallNote& note, bool is_timed_out) {
  std::string place;
  const auto since = note.cancelling_since_ms.load();
  if (since != 0 && (!is_timed_out || now_ms() - since > kCancelMsMax)) {
    place = "in cancel, called by another thread";
  }
  if (note.running[0] != '\0') {
    place += place.empty() ? "in " : ", and in ";
    place += note.running;
  }
  if (!place.empty()) return place;
  return note.returned[0] == '\0' ? "before any call"
                                  : std::string("between calls, the last was ") + note.returned;
}

// How a process ended that did not come to its end; empty where it did.
std::string death_of(const ChildEnd& end, const CallNote& note, std::chrono::milliseconds limit) {
  if (end.is_whole()) return {};
  const auto place = place_of(note, end.is_timed_out);
  if (end.is_timed_out) return "hangs: ended after " + text_of(limit) + ", " + place;
  if (end.signal == 0) return "ended the process, " + place;
  return "died by " + std::string(::strsignal(end.signal)) + ", " + place;
}

Finding finding_of(const Check& check, const ChildEnd& end, const std::string& death) {
  Finding finding{check, Outcome::kOk, {}};
  std::vector<std::string> not_claimed;
  for (const auto& record : end.records) {
    if (record.kind == Record::Kind::kFailed) finding.texts.push_back(record.text);
    if (record.kind == Record::Kind::kNotClaimed) not_claimed = {record.text};
  }
  if (!death.empty()) finding.texts.push_back("came      " + death);
  if (!finding.texts.empty()) {
    finding.outcome = Outcome::kFailed;
  } else if (!not_claimed.empty()) {
    finding.outcome = Outcome::kNotClaimed;
    finding.texts = not_claimed;
  }
  return finding;
}

// False where the checks cannot be made although driver and database are there: that is a finding.
Result<bool> find_out(CheckOptions& options, SharedNote& shared, const Audience& audience) {
  auto& target = options.target;
  auto& note = shared.fresh();
  const auto end =
      run_in_child(options.limit, [&](std::ostream& out) { prepare(target, note, out); });
  if (const auto* error = end.find(Record::Kind::kError)) return Error{error->text};
  const auto death = death_of(end, note, options.limit);
  if (end.find(Record::Kind::kConnected) == nullptr) {
    return Error{death.empty() ? "cannot connect" : "driver \"" + target.path + "\" " + death};
  }
  if (const auto* driver = end.find(Record::Kind::kDriver)) target.driver = driver->text;
  if (const auto* dbtype = end.find(Record::Kind::kDbtype)) target.dbtype = dbtype->text;
  target.has_question_marks = end.find(Record::Kind::kQuestionMarks) != nullptr;
  audience.on_driver(target);
  const Check check{0, "a database that is empty can be got ready", "connect, dbtype, execute"};
  const auto finding = finding_of(check, end, death);
  if (finding.outcome == Outcome::kFailed) audience.on_finding(finding);
  return finding.outcome != Outcome::kFailed;
}

}  // namespace

Status run_checks(CheckOptions& options, const Audience& audience) {
  auto checks = all_checks();
  const auto is_other = [&](const Check& check) {
    return check.name.find(options.only) == std::string::npos;
  };
  checks.erase(std::remove_if(checks.begin(), checks.end(), is_other), checks.end());
  if (checks.empty()) return Error{"no check has \"" + options.only + "\" in its name"};
  SharedNote shared;
  const auto is_ready = find_out(options, shared, audience);
  if (!is_ready) return is_ready.error();
  if (!*is_ready) return Done{};
  for (const auto& check : checks) {
    auto& note = shared.fresh();
    const auto end = run_in_child(options.limit, [&](std::ostream& out) {
      set_subject(options.target, note, out);
      run_check(check, note, out);
    });
    audience.on_finding(finding_of(check, end, death_of(end, note, options.limit)));
  }
  auto& note = shared.fresh();
  run_in_child(options.limit, [&](std::ostream& out) { clean_up(options.target, note, out); });
  return Done{};
}

}  // namespace sqlbus::check
