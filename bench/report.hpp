// What was measured, for people and for files.
#pragma once

#include <string>
#include <vector>

#include "bench/machine.hpp"
#include "bench/quantity.hpp"

namespace sqlbus::bench {

// The table as it grows on a terminal: a head, then a line for each quantity.
std::string report_head();
std::string report_line(const Quantity& quantity);

// The whole of it, with the machine.
std::string markdown_of(const std::vector<Quantity>& quantities, const Machine& machine);
// The text with these results in place of the former ones, which two comments enclose; at its end
// where there are none.
std::string with_results(const std::string& text, const std::string& results);
// name, unit, then median, min and max of limit, bus and ratio, target; for bench/plot.
std::string csv_of(const std::vector<Quantity>& quantities);

}  // namespace sqlbus::bench
