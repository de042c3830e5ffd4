// Processor time of the calling thread, which neighbours on the machine disturb least, and the median of many rounds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <vector>

namespace warren::bench {

inline double thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  constexpr double kSecond_ns = 1e9;
  return static_cast<double>(now.tv_sec) * kSecond_ns + static_cast<double>(now.tv_nsec);
}

// Nanoseconds per message of each round.
class Rounds {
 public:
  void add(double ns, std::uint64_t messages) { each_.push_back(ns / static_cast<double>(messages)); }
  double median() { return at(each_.size() / 2); }
  double fastest() { return at(0); }

 private:
  double at(std::size_t place) {
    std::sort(each_.begin(), each_.end());
    return each_.empty() ? 0 : each_[place];
  }
  std::vector<double> each_;
};

}  // namespace warren::bench
