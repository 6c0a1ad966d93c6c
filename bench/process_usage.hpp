// What a running process has used so far.
#pragma once

#include <sys/types.h>

#include <string>

namespace sqlbus::bench {

// Of all its threads, in user and kernel mode.
double cpu_seconds(pid_t pid);

struct Memory {
  double resident_mib = 0;
  double peak_mib = 0;  // the most that was ever resident
};
Memory memory_of(pid_t pid);

}  // namespace sqlbus::bench
