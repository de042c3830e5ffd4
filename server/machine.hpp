// What this machine has and what this process takes of it.
#pragma once

#include <cstdint>
#include <string>

namespace warren::server {

// Memory that the process may use: the machine's, or less if its control group says so.
std::uint64_t memory_total_bytes();

// Memory that the process occupies now.
std::uint64_t memory_resident_bytes();

// Space that is left for the process on the disk of that folder; zero if it cannot be told.
std::uint64_t disk_free_bytes(const std::string& folder);

// Cores that the process may run on.
unsigned cores();

}  // namespace warren::server
