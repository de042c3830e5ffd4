// What the system lends us, given back at the end; and how its refusals become trouble.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "persist/trouble.hpp"

namespace warren::persist {

// Owns a file descriptor. Movable.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

// "cannot <what> <path>: <error in words>". Requires: an errno.
Trouble system_trouble(std::string_view what, std::string_view path, int error);

// Calls until it is not interrupted.
template <class Call>
auto uninterrupted(Call call) {
  for (;;)
    if (const auto result = call(); result != -1 || errno != EINTR) return result;
}

}  // namespace warren::persist
