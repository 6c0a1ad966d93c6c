// Measured numbers and what is told of them.
#pragma once

#include <string>
#include <vector>

namespace sqlbus::bench {

class Samples {
 public:
  void add(double value) { values_.push_back(value); }

  bool is_empty() const { return values_.empty(); }
  // The nearest rank: always a value that was measured. Throws std::out_of_range where there is
  // none.
  double percentile(double percent) const;
  double median() const { return percentile(50); }
  double min() const { return percentile(0); }
  double max() const { return percentile(100); }
  // "median (min to max)"; the value alone where there is one, empty where there is none.
  std::string text(int decimals) const;

 private:
  std::vector<double> values_;
};

// With ',' between the thousands.
std::string number_text(double value, int decimals);

}  // namespace sqlbus::bench
