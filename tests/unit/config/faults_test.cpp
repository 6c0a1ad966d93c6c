#include "daemon/config/faults.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace sqlbus {
namespace {

TEST_CASE("faults are told in the order of their lines") {
  Faults faults("f.ini");
  CHECK(faults.empty());
  faults.add(7, "seven");
  faults.add(2, "two");
  faults.add(0, "of the file");
  CHECK_FALSE(faults.empty());
  CHECK(faults.to_error().message == "f.ini: of the file\nf.ini:2: two\nf.ini:7: seven");
}

TEST_CASE("of very many faults the first hundred are told, the others counted") {
  Faults faults("f.ini");
  for (std::size_t line = 1; line <= 1000; ++line) faults.add(line, "x");
  const std::string text = faults.to_error().message;
  CHECK(std::count(text.begin(), text.end(), '\n') == 100);
  CHECK(text.ends_with("f.ini:100: x\nf.ini: and 900 more faults"));
}

}  // namespace
}  // namespace sqlbus
