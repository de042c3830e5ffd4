#include "tests/bench/allocations.hpp"

#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>

// The doors that glibc leaves open behind the ones replaced below.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
}

namespace warren::bench {
namespace {

constexpr int kDepth = 12;
constexpr int kPlacesMax = 8;
// Frames of this file on top of each stack.
constexpr int kOwnFrames = 2;

struct Place {
  std::array<void*, kDepth> stack;
  int depth = 0;
  std::uint64_t times = 0;
};

std::uint64_t count = 0;
bool remembering = false;
std::array<Place, kPlacesMax> places;
int places_known = 0;

void note() {
  ++count;
  if (!remembering) return;
  remembering = false;  // backtrace() may allocate
  Place here;
  here.depth = backtrace(here.stack.data(), kDepth);
  bool known = false;
  for (int i = 0; i < places_known && !known; ++i) {
    known = places[i].stack == here.stack;
    if (known) ++places[i].times;
  }
  if (!known && places_known < kPlacesMax) {
    here.times = 1;
    places[places_known++] = here;
  }
  remembering = true;
}

}  // namespace

std::uint64_t allocations() { return count; }

void remember_places(bool on) { remembering = on; }

void print_places() {
  for (int i = 0; i < places_known; ++i) {
    const Place& place = places[i];
    std::fprintf(stderr, "%llu times by\n", static_cast<unsigned long long>(place.times));
    backtrace_symbols_fd(const_cast<void**>(place.stack.data()) + kOwnFrames, place.depth - kOwnFrames, STDERR_FILENO);
  }
}

}  // namespace warren::bench

// operator new ends here too.
extern "C" {

void* malloc(std::size_t bytes) {
  warren::bench::note();
  return __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) {
  warren::bench::note();
  return __libc_calloc(count, bytes);
}

void* realloc(void* memory, std::size_t bytes) {
  warren::bench::note();
  return __libc_realloc(memory, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  warren::bench::note();
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  warren::bench::note();
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? 12 : 0;
}
}
