#include "tools/perf/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace warren::perf {
namespace {

// Values below kParts have a slot each; from there on every power of two has kParts slots.
constexpr int kPartsLog2 = 7;
constexpr std::uint64_t kParts = 1u << kPartsLog2;
constexpr std::size_t kSlots = (64 - kPartsLog2 + 1) * kParts;

}  // namespace

Histogram::Histogram() : counts_(kSlots) {}

std::size_t Histogram::slot(std::uint64_t value) {
  if (value < kParts) return value;
  const int shift = std::bit_width(value) - 1 - kPartsLog2;
  return static_cast<std::size_t>(shift + 1) * kParts + ((value >> shift) - kParts);
}

std::uint64_t Histogram::upper_end(std::size_t slot) {
  if (slot < kParts) return slot;
  const int shift = static_cast<int>(slot / kParts) - 1;
  const std::uint64_t first = (kParts + slot % kParts) << shift;
  return first + ((std::uint64_t{1} << shift) - 1);
}

void Histogram::add(std::uint64_t value) {
  ++counts_[slot(value)];
  ++count_;
  max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kSlots; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * percent / 100));
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < kSlots; ++i) {
    passed += counts_[i];
    if (passed >= wanted && passed != 0) return std::min(upper_end(i), max_);
  }
  return max_;
}

}  // namespace warren::perf
