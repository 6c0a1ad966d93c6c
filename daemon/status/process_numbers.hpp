// What the kernel says of this process.
#pragma once

#include <cstdint>

namespace sqlbus {

struct ProcessNumbers {
  double cpu_s = 0;
  std::uint64_t resident_bytes = 0;
};

ProcessNumbers process_numbers();

}  // namespace sqlbus
