// What this machine has and what this process takes of it.
#pragma once

#include <cstdint>

namespace warren::server {

// Memory that the process may use: the machine's, or less if its control group says so.
std::uint64_t memory_total_bytes();

// Memory that the process occupies now.
std::uint64_t memory_resident_bytes();

// Cores that the process may run on.
unsigned cores();

}  // namespace warren::server
