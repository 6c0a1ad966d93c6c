// How the process gets its memory.
#pragma once

namespace sqlbus {

// Once, before the first thread. glibc gives threads heaps of their own ("arenas", up to eight for
// each processor), and what one thread allocates and another one frees stays in the heap of the
// first: requests are made by the loop and end in lanes, so that each heap fills up to the load it
// has seen, one after the other, for minutes. With one heap the size is level from the second
// minute on, and no request costs more: small pieces come from caches of the threads' own in any
// case. What was measured stands in docs/RELIABILITY.md, "Soak". MALLOC_ARENA_MAX in the
// environment is left alone; without glibc nothing is done.
void tune_heap();

}  // namespace sqlbus
