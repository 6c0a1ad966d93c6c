// The oracle, with evidence made by hand.
#include "tests/chaos/oracle.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/error_id.hpp"

namespace sqlbus::chaos {
namespace {

constexpr int id_of(ErrorId error) { return static_cast<int>(error); }

// Two callers, each kind of request, and all of it went well.
Evidence good_evidence() {
  Evidence evidence;
  const auto push = [&](Pushed pushed) -> Pushed& {
    pushed.uuid = "uuid-" + std::to_string(evidence.pushed.size());
    evidence.pushed.push_back(std::move(pushed));
    return evidence.pushed.back();
  };
  const auto answer = [](Pushed& pushed, int error_id, std::optional<std::int64_t> value) {
    pushed.answer =
        Answer{.uuid = pushed.uuid, .error_id = error_id, .message = "", .value = value};
  };
  push({.caller = 1, .number = 1, .effects = 1, .kind = Kind::kInsert});
  push({.caller = 1, .number = 2, .effects = 2, .kind = Kind::kArray, .copies = 2});
  answer(push({.caller = 1, .number = 4, .effects = 1, .kind = Kind::kInsertReturning}), 0, 4);
  answer(
      push({.caller = 1, .number = 5, .kind = Kind::kSelectMax, .seen_least = 4, .seen_most = 4}),
      0, 4);
  push({.caller = 2, .number = 1, .effects = 1, .kind = Kind::kFunction});
  auto& bad = push({.caller = 2, .number = 2, .kind = Kind::kBad});
  evidence.letters.push_back({bad.uuid, id_of(ErrorId::kExecutionFailed), "no such table"});
  answer(push({.caller = 2, .number = 2, .kind = Kind::kBadSync}), id_of(ErrorId::kExecutionFailed),
         std::nullopt);
  evidence.rows = {{1, 1}, {2, 1}, {1, 2}, {1, 3}, {1, 4}};
  return evidence;
}

enum Place : std::size_t { kInsert, kArray, kReturning, kSelect, kFunction, kBad, kBadSync };

// The one fault that is found, and nothing beside it.
void check_only(const Evidence& evidence, Fault fault) {
  const auto findings = judge(evidence);
  REQUIRE(findings.size() == 1);
  INFO(findings[0].text);
  CHECK(to_string(findings[0].fault) == to_string(fault));
}

Evidence with_deadline(std::optional<int> error_id, bool has_effect) {
  Evidence evidence = good_evidence();
  Pushed& pushed = evidence.pushed[kReturning];
  pushed.has_deadline = true;
  evidence.pushed[kSelect].seen_least = 3;
  evidence.pushed[kSelect].answer->value = has_effect ? 4 : 3;
  if (error_id) {
    pushed.answer->error_id = *error_id;
  } else {
    pushed.answer.reset();
  }
  if (!has_effect) std::erase(evidence.rows, Row{1, 4});
  return evidence;
}

}  // namespace

TEST_CASE("where all went well nothing is found") {
  CHECK(judge(good_evidence()).empty());
  CHECK(judge({}).empty());
}

TEST_CASE("an effect that is not there is MISSING, half an array too") {
  for (const Row row : {Row{1, 1}, Row{1, 2}, Row{1, 3}, Row{1, 4}, Row{2, 1}}) {
    auto evidence = good_evidence();
    std::erase(evidence.rows, row);
    check_only(evidence, Fault::kMissing);
  }
}

TEST_CASE("a bad statement without its dead letter is MISSING") {
  auto evidence = good_evidence();
  evidence.letters.clear();
  check_only(evidence, Fault::kMissing);
}

TEST_CASE("a second copy of an effect is TWICE, at whatever place, and pushed twice or not") {
  for (const Row row : {Row{1, 1}, Row{1, 3}}) {
    for (const bool is_at_end : {true, false}) {
      auto evidence = good_evidence();
      const auto place = std::find(evidence.rows.begin(), evidence.rows.end(), row);
      evidence.rows.insert(is_at_end ? evidence.rows.end() : place, row);
      check_only(evidence, Fault::kTwice);
    }
  }
}

TEST_CASE("more dead letters than copies are TWICE") {
  auto evidence = good_evidence();
  evidence.letters.push_back(evidence.letters[0]);
  check_only(evidence, Fault::kTwice);
  evidence.pushed[kBad].copies = 2;
  CHECK(judge(evidence).empty());
}

TEST_CASE(
    "an effect behind a later one of its caller is OUT OF ORDER, behind another's it is not") {
  auto evidence = good_evidence();
  std::swap(evidence.rows[0], evidence.rows[1]);
  CHECK(judge(evidence).empty());
  std::swap(evidence.rows[3], evidence.rows[4]);
  check_only(evidence, Fault::kOutOfOrder);
}

TEST_CASE("a SYNC request without an answer is UNANSWERED, with a DEADLINE too") {
  for (const Place place : {kReturning, kSelect, kBadSync}) {
    auto evidence = good_evidence();
    evidence.pushed[place].answer.reset();
    check_only(evidence, Fault::kUnanswered);
  }
  check_only(with_deadline(std::nullopt, true), Fault::kUnanswered);
  check_only(with_deadline(std::nullopt, false), Fault::kUnanswered);
}

TEST_CASE("a dead letter of a good statement is WRONGLY DEAD, and not missing as well") {
  for (const bool has_effect : {true, false}) {
    auto evidence = good_evidence();
    evidence.letters.push_back({evidence.pushed[kInsert].uuid, -1, ""});
    if (!has_effect) std::erase(evidence.rows, Row{1, 1});
    check_only(evidence, Fault::kWronglyDead);
  }
}

TEST_CASE("a bad statement that is dead for the daemon's deaths is WRONGLY DEAD") {
  auto evidence = good_evidence();
  evidence.letters[0].error_id = id_of(ErrorId::kDeliveriesExhausted);
  check_only(evidence, Fault::kWronglyDead);
}

TEST_CASE("a bad statement whose caller was told is WRONGLY DEAD") {
  auto evidence = good_evidence();
  evidence.letters.push_back({evidence.pushed[kBadSync].uuid, -1, ""});
  check_only(evidence, Fault::kWronglyDead);
}

TEST_CASE("an answer that is not true is a WRONG ANSWER") {
  const std::vector<std::pair<Place, void (*)(Answer&)>> changes{
      {kReturning, [](Answer& a) { a.value = 3; }},
      {kReturning, [](Answer& a) { a.value.reset(); }},
      {kReturning, [](Answer& a) { a.uuid = "another"; }},
      {kReturning, [](Answer& a) { a.error_id = -1; }},
      {kReturning, [](Answer& a) { a.error_id = id_of(ErrorId::kExpired); }},
      {kReturning, [](Answer& a) { a.error_id = id_of(ErrorId::kDatabaseUnavailable); }},
      {kSelect, [](Answer& a) { a.value = 3; }},
      {kSelect, [](Answer& a) { a.value = 5; }},
      {kSelect, [](Answer& a) { a.error_id = id_of(ErrorId::kCancelled); }},
      {kBadSync, [](Answer& a) { a.error_id = 0; }},
  };
  for (const auto& [place, change] : changes) {
    auto evidence = good_evidence();
    change(*evidence.pushed[place].answer);
    check_only(evidence, Fault::kWrongAnswer);
  }
}

TEST_CASE("with a DEADLINE the answer says whether there is an effect") {
  for (const ErrorId late : {ErrorId::kExpired, ErrorId::kCancelled}) {
    CHECK(judge(with_deadline(id_of(late), false)).empty());
    check_only(with_deadline(id_of(late), true), Fault::kWrongAnswer);
  }
  CHECK(judge(with_deadline(id_of(ErrorId::kDatabaseUnavailable), true)).empty());
  CHECK(judge(with_deadline(id_of(ErrorId::kDatabaseUnavailable), false)).empty());
  CHECK(judge(with_deadline(0, true)).empty());
  check_only(with_deadline(0, false), Fault::kMissing);
}

TEST_CASE("what nobody has pushed is UNASKED") {
  auto evidence = good_evidence();
  evidence.rows.push_back({3, 1});
  check_only(evidence, Fault::kUnasked);
  evidence = good_evidence();
  evidence.letters.push_back({"unknown", -1, ""});
  check_only(evidence, Fault::kUnasked);
}

}  // namespace sqlbus::chaos
