// A queue of values in one growing array: no memory while empty and new, none per element in steady state.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "base/check.hpp"

namespace warren {

// First in, first out, with access by place. Capacity is a power of two; it doubles when full, and the array is given
// back when the ring empties after having been large. T must be movable without throwing.
template <class T>
class Ring {
 public:
  Ring() = default;
  Ring(Ring&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        head_(std::exchange(other.head_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  Ring& operator=(Ring&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(head_, other.head_);
    std::swap(size_, other.size_);
    return *this;
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    clear();
    std::allocator<T>().deallocate(data_, capacity_);
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  T& operator[](std::size_t place) { return data_[slot(place)]; }
  const T& operator[](std::size_t place) const { return data_[slot(place)]; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  void push_back(T value) {
    if (size_ == capacity_) grow();
    ::new (static_cast<void*>(data_ + slot(size_))) T(std::move(value));
    ++size_;
  }

  void push_front(T value) {
    if (size_ == capacity_) grow();
    head_ = (head_ + capacity_ - 1) & (capacity_ - 1);
    ::new (static_cast<void*>(data_ + head_)) T(std::move(value));
    ++size_;
  }

  // Requires: not empty.
  T pop_front() {
    T value = std::move(front());
    std::destroy_at(&front());
    head_ = (head_ + 1) & (capacity_ - 1);
    --size_;
    if (size_ == 0 && capacity_ > kKeptCapacity) release();
    return value;
  }

  // Requires: not empty.
  T pop_back() {
    T value = std::move(back());
    std::destroy_at(&back());
    --size_;
    return value;
  }

  void clear() {
    for (std::size_t i = 0; i < size_; ++i) std::destroy_at(data_ + slot(i));
    size_ = 0;
    head_ = 0;
  }

 private:
  static constexpr std::size_t kFirstCapacity = 8;
  static constexpr std::size_t kKeptCapacity = 4096;

  std::size_t slot(std::size_t place) const { return (head_ + place) & (capacity_ - 1); }

  void grow() {
    const std::size_t capacity = capacity_ == 0 ? kFirstCapacity : capacity_ * 2;
    T* data = std::allocator<T>().allocate(capacity);
    for (std::size_t i = 0; i < size_; ++i) {
      ::new (static_cast<void*>(data + i)) T(std::move(data_[slot(i)]));
      std::destroy_at(data_ + slot(i));
    }
    std::allocator<T>().deallocate(data_, capacity_);
    data_ = data;
    capacity_ = capacity;
    head_ = 0;
  }

  void release() {
    std::allocator<T>().deallocate(std::exchange(data_, nullptr), std::exchange(capacity_, 0));
    head_ = 0;
  }

  T* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace warren
