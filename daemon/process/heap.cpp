#include "daemon/process/heap.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace sqlbus {

void tune_heap() {
#ifdef __GLIBC__
  constexpr int kHeaps = 1;
  if (std::getenv("MALLOC_ARENA_MAX") == nullptr) mallopt(M_ARENA_MAX, kHeaps);
#endif
}

}  // namespace sqlbus
