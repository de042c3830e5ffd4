// Memory for messages, recycled per thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace warren::pool {

// Returns at least `bytes` of memory, aligned for any type. Small sizes come from lists that this thread keeps, so that
// in steady state the heap is not touched; large ones come from the heap. Ends the process when there is no memory.
void* allocate(std::size_t bytes);

// Gives memory back. Requires: `bytes` is what was asked for. Any thread may free what another allocated.
// Each thread keeps a bounded amount per size; the rest goes back to the heap.
void release(void* memory, std::size_t bytes);

// Bytes that are allocated and not yet released, over all threads. May be called from any thread; a moment old.
std::int64_t live_bytes();

}  // namespace warren::pool
