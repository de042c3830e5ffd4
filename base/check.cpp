#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace warren {

void broken_invariant(const char* sentence, const char* file, int line) {
  std::fprintf(stderr, "warren: broken invariant: %s (%s:%d)\n", sentence, file, line);
  std::abort();
}

}  // namespace warren
