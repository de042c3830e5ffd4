#include "tools/perf/integrity.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace warren::perf {
namespace {

constexpr int kSequenceBits = 64 - kStreamBits;
constexpr std::uint64_t kSequenceMask = (std::uint64_t{1} << kSequenceBits) - 1;
constexpr std::size_t kSequenceAt = 8;
constexpr std::size_t kWordBits = 64;
// A sequence that no run can reach: such a stamp is not one of ours.
constexpr std::uint64_t kSequenceMax = std::uint64_t{1} << 36;

}  // namespace

void write_stamp(char* to, const Stamp& stamp) {
  store_big<std::uint64_t>(to, stamp.intended_ns);
  store_big<std::uint64_t>(to + kSequenceAt, std::uint64_t{stamp.stream} << kSequenceBits | stamp.sequence);
}

Stamp read_stamp(const char* from) {
  const std::uint64_t packed = load_big<std::uint64_t>(from + kSequenceAt);
  return {load_big<std::uint64_t>(from), static_cast<std::uint32_t>(packed >> kSequenceBits), packed & kSequenceMask};
}

std::string body_pattern(std::size_t bytes) {
  constexpr std::uint32_t kStep = 2654435761u;  // so that neighbours, and places a power of two apart, differ
  std::string pattern(bytes, '\0');
  std::uint32_t value = 1;
  for (char& byte : pattern) {
    byte = static_cast<char>(value >> 24);
    value = value * kStep + 1;
  }
  return pattern;
}

void IntegrityChecker::delivered(std::size_t consumer, std::size_t queue, const Stamp& stamp, bool redelivered) {
  if (stamp.sequence >= kSequenceMax) return corrupted();
  auto& streams = seen_[queue];
  if (stamp.stream >= streams.size()) streams.resize(stamp.stream + 1);
  auto& highest = highest_[consumer];
  if (stamp.stream >= highest.size()) highest.resize(stamp.stream + 1);

  Seen& seen = streams[stamp.stream];
  const std::size_t word = stamp.sequence / kWordBits;
  if (word >= seen.bits.size()) seen.bits.resize(std::max<std::size_t>(word + 1, seen.bits.size() * 2));
  const std::uint64_t bit = std::uint64_t{1} << (stamp.sequence % kWordBits);
  if ((seen.bits[word] & bit) == 0) {
    seen.bits[word] |= bit;
    ++seen.distinct;
    ++counts_.distinct;
  } else {
    ++(redelivered ? counts_.repeated_flagged : counts_.repeated);
  }
  std::uint64_t& next = highest[stamp.stream];
  if (stamp.sequence >= next)
    next = stamp.sequence + 1;
  else if (!redelivered)
    ++counts_.reordered;
}

std::uint64_t IntegrityChecker::distinct(std::size_t queue, std::uint32_t stream) const {
  return stream < seen_[queue].size() ? seen_[queue][stream].distinct : 0;
}

std::uint64_t IntegrityChecker::lost(std::uint32_t stream, std::uint64_t due,
                                     std::optional<std::span<const std::size_t>> queues) const {
  std::uint64_t lost = 0;
  if (queues) {
    for (const std::size_t queue : *queues) lost += due - std::min(due, distinct(queue, stream));
    return lost;
  }
  bool anywhere = false;
  for (std::size_t queue = 0; queue < seen_.size(); ++queue) {
    const std::uint64_t got = distinct(queue, stream);
    if (got == 0) continue;
    anywhere = true;
    lost += due - std::min(due, got);
  }
  return anywhere ? lost : due;
}

}  // namespace warren::perf
