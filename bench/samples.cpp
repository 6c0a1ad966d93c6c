#include "bench/samples.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace sqlbus::bench {

// The nearest rank: always a value that was measured.
double Samples::percentile(double percent) const {
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  return sorted.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
}

std::string Samples::text(int decimals) const {
  std::ostringstream text;
  text << std::fixed << std::setprecision(decimals) << median() << " (" << percentile(0) << " to "
       << percentile(100) << ")";
  return text.str();
}

}  // namespace sqlbus::bench
