// Whether this is still the process that it was: asking getpid() would cost a system call each
// time.
#pragma once

#include <cstdint>

namespace sqlbus {

// False where the system does not let us know; to be called once before fork_count() means
// anything.
bool watch_forks();

// Another one in a child of fork() than in its parent.
std::uint64_t fork_count();

}  // namespace sqlbus
