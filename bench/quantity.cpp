#include "bench/quantity.hpp"

namespace sqlbus::bench {

std::optional<bool> Quantity::is_met() const {
  const bool is_of_bus = target.kind == Target::Kind::kBusAtMost;
  if (target.kind == Target::Kind::kNone || (is_of_bus ? bus : ratio).is_empty()) {
    return std::nullopt;
  }
  switch (target.kind) {
    case Target::Kind::kRatioAtLeast:
      return ratio.median() >= target.value;
    case Target::Kind::kRatioAtMost:
      return ratio.median() <= target.value;
    default:
      return bus.median() <= target.value;
  }
}

std::string Quantity::target_text() const {
  switch (target.kind) {
    case Target::Kind::kNone:
      return "";
    case Target::Kind::kRatioAtLeast:
      return "ratio >= " + number_text(target.value, 2);
    case Target::Kind::kRatioAtMost:
      return "ratio <= " + number_text(target.value, 2);
    case Target::Kind::kBusAtMost:
      return "<= " + number_text(target.value, target.value < 1 ? 2 : 1) + " " + unit;
  }
  return "";
}

}  // namespace sqlbus::bench
