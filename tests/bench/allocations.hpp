// Counts what this process takes from the heap, by whatever door.
#pragma once

#include <cstdint>

namespace warren::bench {

// Calls of malloc, calloc, realloc and the aligned ones, operator new included, since the process began.
std::uint64_t allocations();

// From now on, or no longer, the first few places that allocate are remembered.
void remember_places(bool on);
// Prints the call stacks of the remembered places to stderr.
void print_places();

}  // namespace warren::bench
