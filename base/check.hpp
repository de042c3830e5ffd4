// Invariants that are checked in every build.
#pragma once

namespace warren {

// Prints the sentence with its place and ends the process. A broken invariant is a bug of ours; going on would lie to
// users.
[[noreturn]] void broken_invariant(const char* sentence, const char* file, int line);

}  // namespace warren

// WARREN_CHECK(condition, "what must hold"): stops the process when the condition is false.
#define WARREN_CHECK(condition, sentence)                       \
  do {                                                          \
    if (!(condition)) [[unlikely]]                              \
      ::warren::broken_invariant(sentence, __FILE__, __LINE__); \
  } while (false)
