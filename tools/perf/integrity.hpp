// What every body carries, and the check that everything published arrives once, whole and in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warren::perf {

// The messages of one publisher with one routing key are a stream; they are numbered from 0.
struct Stamp {
  std::uint64_t intended_ns = 0;  // when it should have been sent, on the monotonic clock
  std::uint32_t stream = 0;
  std::uint64_t sequence = 0;
};

// Bodies that are shorter carry no stamp and are not checked.
inline constexpr std::size_t kStampBytes = 16;
inline constexpr int kStreamBits = 20;
inline constexpr std::size_t kStreamsMax = std::size_t{1} << kStreamBits;

// Requires: kStampBytes of room, and of bytes; a stream below kStreamsMax.
void write_stamp(char* to, const Stamp& stamp);
Stamp read_stamp(const char* from);

// What follows the stamp in a body of this size, and stands in its place in the result.
std::string body_pattern(std::size_t bytes);

struct IntegrityCounts {
  std::uint64_t distinct = 0;          // deliveries that were the first of their message in their queue
  std::uint64_t repeated = 0;          // delivered again, and not flagged as redelivered
  std::uint64_t repeated_flagged = 0;  // delivered again, and said so
  std::uint64_t reordered = 0;  // behind a later one of its stream, at one consumer, and not flagged as redelivered
  std::uint64_t corrupted = 0;  // of another size or content than was published
};

// Keeps one bit per message.
class IntegrityChecker {
 public:
  IntegrityChecker(std::size_t queues, std::size_t consumers) : seen_(queues), highest_(consumers) {}

  void delivered(std::size_t consumer, std::size_t queue, const Stamp& stamp, bool redelivered);
  void corrupted() { ++counts_.corrupted; }

  const IntegrityCounts& counts() const { return counts_; }

  // Messages of a stream that did not arrive, of `due` that should have, in each of these queues. Without queues it is
  // not known where they go: then every queue that got one should have got all, and some queue should have got them.
  std::uint64_t lost(std::uint32_t stream, std::uint64_t due, std::optional<std::span<const std::size_t>> queues) const;

 private:
  struct Seen {
    std::vector<std::uint64_t> bits;
    std::uint64_t distinct = 0;
  };

  std::uint64_t distinct(std::size_t queue, std::uint32_t stream) const;

  std::vector<std::vector<Seen>> seen_;              // by queue, then stream
  std::vector<std::vector<std::uint64_t>> highest_;  // by consumer, then stream: the next sequence in order
  IntegrityCounts counts_;
};

}  // namespace warren::perf
