// What a process on this machine has used so far.
#pragma once

#include <cstdint>

namespace warren::perf {

struct ProcessUse {
  double cpu_s = 0;
  std::uint64_t resident_bytes = 0;
};

// All zero for pid 0 and for a process that cannot be seen.
ProcessUse use_of(int pid);

// Of this process.
double own_cpu_s();

}  // namespace warren::perf
