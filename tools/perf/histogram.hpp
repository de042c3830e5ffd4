// Counts of times, fine enough for percentiles and small enough to keep for a whole run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace warren::perf {

// Each power of two is cut into equal parts, so that a value is known to within one part in 128 whatever its size.
class Histogram {
 public:
  Histogram();

  void add(std::uint64_t value);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  // The value that `percent` of the values do not exceed, rounded up by less than one part in 128 and never above
  // max(). 0 when there are none. Requires: 0 < percent <= 100.
  std::uint64_t percentile(double percent) const;

 private:
  static std::size_t slot(std::uint64_t value);
  static std::uint64_t upper_end(std::size_t slot);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace warren::perf
