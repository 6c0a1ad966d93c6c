// Work that may crash or never end, in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace sqlbus::check {

// What the work says, in the order in which it says it.
struct Record {
  enum class Kind : char {
    kFailed = 'F',      // what was expected and what came
    kNotClaimed = 'N',  // what
    kError = 'X',       // the preparation cannot go on
    kConnected = 'C',
    kDriver = 'D',  // its name and version
    kDbtype = 'T',
    kQuestionMarks = 'Q',
    kEnd = 'E',
  };
  Kind kind;
  std::string text;
};
void send(std::ostream& out, Record::Kind kind, std::string_view text = {});

struct ChildEnd {
  std::vector<Record> records;
  bool is_timed_out = false;
  int signal = 0;  // that it died of
  // It has come to its end by itself.
  bool is_whole() const;
  const Record* find(Record::Kind kind) const;
};

// Forks, runs the work there and ends that process. The caller has no threads. What the work prints
// goes to standard error.
ChildEnd run_in_child(std::chrono::milliseconds limit,
                      const std::function<void(std::ostream& out)>& work);

}  // namespace sqlbus::check
