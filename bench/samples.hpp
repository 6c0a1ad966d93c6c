// Measured numbers and what is told of them.
#pragma once

#include <string>
#include <vector>

namespace sqlbus::bench {

class Samples {
 public:
  void add(double value) { values_.push_back(value); }

  double percentile(double percent) const;
  double median() const { return percentile(50); }
  // "median (min to max)"
  std::string text(int decimals) const;

 private:
  std::vector<double> values_;
};

}  // namespace sqlbus::bench
