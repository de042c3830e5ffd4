#include "base/pool.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <utility>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace warren::pool {
namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kPooledBytesMax = 4096;
constexpr std::size_t kClasses = kPooledBytesMax / kStep;
constexpr std::size_t kKeptBytesPerClass = 512 << 10;
// The shortest publishes that share a class take over half of it on the wire, so a whole read of them finds its memory
// here.
static_assert(kKeptBytesPerClass >= 2 * limits::kReadBytesMax);

struct Free {
  Free* next;
};

// What each thread has allocated less what it has released; negative where others' memory is released. A thread writes
// its own counter only, so counting costs no locked instruction. Threads beyond the last share it.
struct alignas(64) Counter {
  std::atomic<std::int64_t> bytes{0};
};
constexpr std::size_t kCounters = 256;
std::array<Counter, kCounters> counters;
std::atomic<std::size_t> counters_given{0};

void count(std::int64_t bytes) {
  thread_local const std::size_t mine = counters_given.fetch_add(1);
  if (mine + 1 >= kCounters) {
    counters.back().bytes.fetch_add(bytes, std::memory_order_relaxed);
    return;
  }
  std::atomic<std::int64_t>& counter = counters[mine].bytes;
  counter.store(counter.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
}

// The lists of one thread. What is left goes back to the heap when the thread ends.
struct Lists {
  std::array<Free*, kClasses + 1> heads{};
  std::array<std::size_t, kClasses + 1> counts{};

  ~Lists() {
    for (Free* head : heads)
      while (head != nullptr) std::free(std::exchange(head, head->next));
  }
};

Lists& lists() {
  thread_local Lists mine;
  return mine;
}

std::size_t size_class(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }

void* from_heap(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  WARREN_CHECK(memory != nullptr, "the machine has memory for one more message");
  return memory;
}

}  // namespace

void* allocate(std::size_t bytes) {
  count(static_cast<std::int64_t>(bytes));
  if (bytes > kPooledBytesMax) return from_heap(bytes);
  const std::size_t index = size_class(bytes);
  Lists& mine = lists();
  Free* head = mine.heads[index];
  if (head == nullptr) return from_heap(index * kStep);
  mine.heads[index] = head->next;
  --mine.counts[index];
  return head;
}

void release(void* memory, std::size_t bytes) {
  count(-static_cast<std::int64_t>(bytes));
  const std::size_t index = size_class(bytes);
  Lists& mine = lists();
  if (bytes > kPooledBytesMax || (mine.counts[index] + 1) * index * kStep > kKeptBytesPerClass) {
    std::free(memory);
    return;
  }
  Free* block = static_cast<Free*>(memory);
  block->next = mine.heads[index];
  mine.heads[index] = block;
  ++mine.counts[index];
}

std::int64_t live_bytes() {
  std::int64_t sum = 0;
  for (const Counter& counter : counters) sum += counter.bytes.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace warren::pool
