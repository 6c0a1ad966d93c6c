// What must hold whatever the input is: a fuzzer stops where it does not.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sqlbus::fuzz {

inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace sqlbus::fuzz
