// Views of bytes, and a buffer that grows without filling itself with zeros.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/check.hpp"

namespace warren {

// Big-endian numbers at any address, as AMQP and our own formats write them.
template <class Number>
inline Number load_big(const char* from) {
  Number number;
  std::memcpy(&number, from, sizeof number);
  if constexpr (sizeof number == 2) return static_cast<Number>(__builtin_bswap16(static_cast<std::uint16_t>(number)));
  if constexpr (sizeof number == 4) return static_cast<Number>(__builtin_bswap32(static_cast<std::uint32_t>(number)));
  if constexpr (sizeof number == 8) return static_cast<Number>(__builtin_bswap64(static_cast<std::uint64_t>(number)));
  return number;
}

template <class Number>
inline void store_big(char* to, Number number) {
  const Number swapped = load_big<Number>(reinterpret_cast<const char*>(&number));
  std::memcpy(to, &swapped, sizeof swapped);
}

static_assert(std::endian::native == std::endian::little, "load_big and store_big swap bytes");

// A growing array of bytes. Movable, not copyable.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~ByteBuffer() { std::free(data_); }

  const char* data() const { return data_; }
  char* data() { return data_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }
  void clear() { size_ = 0; }

  // Makes the buffer `bytes` longer and returns where the new part begins; its content is not set.
  char* extend(std::size_t bytes) {
    if (size_ + bytes > capacity_) grow(size_ + bytes);
    char* begin = data_ + size_;
    size_ += bytes;
    return begin;
  }

  void append(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }

  // Cuts the end off. Requires: bytes <= size().
  void truncate(std::size_t bytes) { size_ = bytes; }

  // Removes bytes at the front.
  void drop_front(std::size_t bytes) {
    std::memmove(data_, data_ + bytes, size_ - bytes);
    size_ -= bytes;
  }

  // Gives all memory back.
  void release() {
    std::free(std::exchange(data_, nullptr));
    size_ = capacity_ = 0;
  }

 private:
  void grow(std::size_t needed) {
    std::size_t capacity = capacity_ == 0 ? 256 : capacity_;
    while (capacity < needed) capacity *= 2;
    data_ = static_cast<char*>(std::realloc(data_, capacity));
    WARREN_CHECK(data_ != nullptr, "the machine has memory for a buffer");
    capacity_ = capacity;
  }

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace warren
