#include "daemon/config/faults.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
namespace {

constexpr std::size_t kFaultsMax = 100;

}  // namespace

void Faults::add(std::size_t line, std::string message) {
  if (faults_.size() == kFaultsMax) {
    ++untold_;
    return;
  }
  faults_.push_back({line, std::move(message)});
}

Error Faults::to_error() const {
  std::vector<Fault> sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Fault& a, const Fault& b) { return a.line < b.line; });
  std::string text;
  for (const Fault& fault : sorted) {
    if (!text.empty()) text += '\n';
    text += file_;
    if (fault.line > 0) text += ":" + std::to_string(fault.line);
    text += ": " + fault.message;
  }
  if (untold_ > 0) text += "\n" + file_ + ": and " + std::to_string(untold_) + " more faults";
  return Error{std::move(text)};
}

}  // namespace sqlbus
