#include "tests/chaos/oracle.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "protocol/error_id.hpp"

namespace sqlbus::chaos {
namespace {

bool is_one_of(int error_id, std::initializer_list<ErrorId> ids) {
  return std::any_of(ids.begin(), ids.end(),
                     [error_id](ErrorId id) { return error_id == static_cast<int>(id); });
}

// What may only be said to a request that has a DEADLINE.
bool is_late(int error_id) {
  return is_one_of(error_id,
                   {ErrorId::kDatabaseUnavailable, ErrorId::kExpired, ErrorId::kCancelled});
}

std::string name_of(const Row& row) {
  return "caller " + std::to_string(row.caller) + " number " + std::to_string(row.number);
}

std::string name_of(const Pushed& pushed) {
  return name_of(Row{pushed.caller, pushed.number}) + " (" + pushed.uuid + ")";
}

class Judgement {
 public:
  explicit Judgement(const Evidence& evidence) : evidence_(evidence) {
    for (const Row& row : evidence.rows) ++row_counts_[row];
    for (const Letter& letter : evidence.letters) letters_[letter.uuid].push_back(&letter);
  }

  std::vector<Finding> run() {
    for (const Pushed& pushed : evidence_.pushed) {
      effects(pushed);
      if (is_sync(pushed.kind)) answer(pushed);
      letters(pushed);
      known_.insert(pushed.uuid);
    }
    unasked();
    order();
    return std::move(findings_);
  }

 private:
  void add(Fault fault, std::string text) { findings_.push_back({fault, std::move(text)}); }

  bool is_dead(const Pushed& pushed) const { return letters_.contains(pushed.uuid); }

  // With a DEADLINE the answer says whether there is an effect; 1202 and no answer leave it open.
  // A good request that is dead is told as that, and not as missing as well.
  void effects(const Pushed& pushed) {
    const bool is_open =
        pushed.has_deadline &&
        (!pushed.answer || is_one_of(pushed.answer->error_id, {ErrorId::kDatabaseUnavailable}));
    const bool is_none =
        pushed.has_deadline && pushed.answer &&
        is_one_of(pushed.answer->error_id, {ErrorId::kExpired, ErrorId::kCancelled});
    for (int i = 0; i < pushed.effects; ++i) {
      const Row row{pushed.caller, pushed.number + i};
      asked_.insert(row);
      const auto found = row_counts_.find(row);
      const int count = found == row_counts_.end() ? 0 : found->second;
      if (count > 1) {
        add(Fault::kTwice, name_of(row) + " is there " + std::to_string(count) + " times, pushed " +
                               std::to_string(pushed.copies) + " times (" + pushed.uuid + ")");
      }
      if (count == 0 && !is_open && !is_none && !is_dead(pushed)) {
        add(Fault::kMissing, name_of(row) + " is not there (" + pushed.uuid + ")");
      }
      if (count > 0 && is_none) {
        add(Fault::kWrongAnswer, name_of(pushed) + " was answered " +
                                     std::to_string(pushed.answer->error_id) +
                                     ", but its effect is there");
      }
    }
  }

  void answer(const Pushed& pushed) {
    if (!pushed.answer) return add(Fault::kUnanswered, name_of(pushed) + " has no answer");
    const Answer& answer = *pushed.answer;
    const auto wrong = [&](const std::string& what) {
      add(Fault::kWrongAnswer, name_of(pushed) + " " + what);
    };
    if (answer.uuid != pushed.uuid) return wrong("got the answer of " + answer.uuid);
    if (pushed.has_deadline && is_late(answer.error_id)) return;
    const ErrorId wanted = is_bad(pushed.kind) ? ErrorId::kExecutionFailed : ErrorId::kOk;
    if (!is_one_of(answer.error_id, {wanted})) {
      return wrong("was answered " + std::to_string(answer.error_id) + " " + answer.message);
    }
    if (is_bad(pushed.kind)) return;
    if (!answer.value) return wrong("was answered without a value");
    const bool is_write = pushed.kind == Kind::kInsertReturning;
    const int least = is_write ? pushed.number : pushed.seen_least;
    const int most = is_write ? pushed.number : pushed.seen_most;
    if (*answer.value < least || *answer.value > most) {
      wrong("was answered " + std::to_string(*answer.value) + ", which is not within " +
            std::to_string(least) + " to " + std::to_string(most));
    }
  }

  void letters(const Pushed& pushed) {
    const auto found = letters_.find(pushed.uuid);
    const bool wants_letter = pushed.kind == Kind::kBad;
    if (found == letters_.end()) {
      if (wants_letter) add(Fault::kMissing, name_of(pushed) + " is bad and has no dead letter");
      return;
    }
    for (const Letter* letter : found->second) {
      const bool is_refused = is_one_of(letter->error_id, {ErrorId::kExecutionFailed});
      if (wants_letter && is_refused) continue;
      add(Fault::kWronglyDead, name_of(pushed) + ", pushed " + std::to_string(pushed.copies) +
                                   " times: dead letter " + std::to_string(letter->error_id) + " " +
                                   letter->message);
    }
    if (wants_letter && found->second.size() > static_cast<std::size_t>(pushed.copies)) {
      add(Fault::kTwice, name_of(pushed) + " has " + std::to_string(found->second.size()) +
                             " dead letters, pushed " + std::to_string(pushed.copies) + " times");
    }
  }

  void unasked() {
    for (const auto& [row, count] : row_counts_) {
      if (!asked_.contains(row)) add(Fault::kUnasked, name_of(row) + " was pushed by nobody");
    }
    for (const Letter& letter : evidence_.letters) {
      if (known_.contains(letter.uuid)) continue;
      add(Fault::kUnasked, "dead letter of an unknown request: " + letter.uuid + " " +
                               std::to_string(letter.error_id) + " " + letter.message);
    }
  }

  // The first copy of each effect counts: a second one is told as such.
  void order() {
    std::set<Row> seen;
    std::unordered_map<int, int> highest;
    for (const Row& row : evidence_.rows) {
      if (!seen.insert(row).second) continue;
      int& last = highest[row.caller];
      if (row.number < last) {
        add(Fault::kOutOfOrder, name_of(row) + " comes behind number " + std::to_string(last));
      }
      last = std::max(last, row.number);
    }
  }

  const Evidence& evidence_;
  std::map<Row, int> row_counts_;
  std::unordered_map<std::string, std::vector<const Letter*>> letters_;
  std::set<Row> asked_;
  std::set<std::string> known_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kMissing:
      return "MISSING";
    case Fault::kTwice:
      return "TWICE";
    case Fault::kOutOfOrder:
      return "OUT OF ORDER";
    case Fault::kUnanswered:
      return "UNANSWERED";
    case Fault::kWronglyDead:
      return "WRONGLY DEAD";
    case Fault::kWrongAnswer:
      return "WRONG ANSWER";
    case Fault::kUnasked:
      return "UNASKED";
  }
  return "";
}

std::vector<Finding> judge(const Evidence& evidence) { return Judgement(evidence).run(); }

}  // namespace sqlbus::chaos
