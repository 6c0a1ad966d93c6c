// What a doctor has found, in the order in which it was looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sqlbus::doctor {

struct Finding {
  enum class Level : std::uint8_t { kOk, kWarning, kFailure };

  Level level = Level::kOk;
  std::string check;     // "redis persistence", "database orders"
  std::string text;      // what is, without secrets
  std::string advice{};  // what to do; empty where nothing is to be done
};

class Findings {
 public:
  void ok(std::string check, std::string text);
  void warn(std::string check, std::string text, std::string advice);
  void fail(std::string check, std::string text, std::string advice);

  const std::vector<Finding>& all() const { return all_; }
  std::size_t count(Finding::Level level) const;

 private:
  std::vector<Finding> all_;
};

// One line for each, and a sum.
std::string render(const Findings& findings);
// {"checks":[{"check":…,"level":"ok|warn|fail","finding":…,"do":…}],"failures":0,"warnings":1}
std::string to_json(const Findings& findings);

// "1.24 ms"
std::string milliseconds_text(double milliseconds);

}  // namespace sqlbus::doctor
