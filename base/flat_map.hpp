// A hash map in one array, for keys that are numbers: no memory per element, lookups touch one or two cache lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.hpp"

namespace warren {

// How a key is spread over the slots: by the golden ratio (Knuth, TAOCP 6.4). Keys are mostly numbers in a row; left as
// they are they would fill slots in a row, and taking one out would walk over all of them.
template <class Key>
constexpr std::uint64_t spread(Key key) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ull;
  if constexpr (std::is_integral_v<Key>)
    return (static_cast<std::uint64_t>(key) * kGolden) >> 32;
  else
    return (static_cast<std::uint64_t>(key.value) * kGolden) >> 32;
}

// Open addressing with linear probing and backward-shift deletion (no tombstones). Keeps at most 3/4 of its slots full.
// Pointers to values are valid until the next insert or erase. Key: integer or Id. Value: movable,
// default-constructible.
template <class Key, class Value>
class FlatMap {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  Value* find(Key key) {
    const std::size_t at = locate(key);
    return at == kNowhere ? nullptr : &slots_[at].value;
  }
  const Value* find(Key key) const { return const_cast<FlatMap*>(this)->find(key); }
  bool contains(Key key) const { return find(key) != nullptr; }

  // Inserts the value unless the key is there already. Returns the value held and whether it was inserted.
  std::pair<Value*, bool> insert(Key key, Value value) {
    if (Value* held = find(key)) return {held, false};
    if ((size_ + 1) * 4 > slots_.size() * 3) resize(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    std::size_t at = home(key);
    while (slots_[at].used) at = next(at);
    slots_[at].used = true;
    slots_[at].key = key;
    slots_[at].value = std::move(value);
    ++size_;
    return {&slots_[at].value, true};
  }

  Value& operator[](Key key) { return *insert(key, Value{}).first; }

  bool erase(Key key) {
    const std::size_t at = locate(key);
    if (at == kNowhere) return false;
    remove_slot(at);
    shrink_when_sparse();
    return true;
  }

  // Takes the value out. Requires: the key is there.
  Value take(Key key) {
    const std::size_t at = locate(key);
    Value value = std::move(slots_[at].value);
    remove_slot(at);
    shrink_when_sparse();
    return value;
  }

  void clear() {
    std::vector<Slot>().swap(slots_);
    size_ = 0;
  }

  // Calls visit(key, value) for each element, in no useful order. The map must not change meanwhile.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (Slot& slot : slots_)
      if (slot.used) visit(slot.key, slot.value);
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Slot& slot : slots_)
      if (slot.used) visit(slot.key, slot.value);
  }

 private:
  struct Slot {
    Key key{};
    bool used = false;
    Value value{};
  };
  static constexpr std::size_t kFirstSlots = 8;
  static constexpr std::size_t kKeptSlots = 1024;
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  std::size_t home(Key key) const { return spread(key) & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  std::size_t locate(Key key) const {
    if (size_ == 0) return kNowhere;
    for (std::size_t at = home(key); slots_[at].used; at = next(at))
      if (slots_[at].key == key) return at;
    return kNowhere;
  }

  void remove_slot(std::size_t hole) {
    for (std::size_t at = next(hole); slots_[at].used; at = next(at)) {
      const std::size_t wanted = home(slots_[at].key);
      const std::size_t mask = slots_.size() - 1;
      if (((at - wanted) & mask) >= ((at - hole) & mask)) {
        slots_[hole].key = slots_[at].key;
        slots_[hole].value = std::move(slots_[at].value);
        hole = at;
      }
    }
    slots_[hole].used = false;
    slots_[hole].value = Value{};
    --size_;
  }

  void shrink_when_sparse() {
    if (slots_.size() > kKeptSlots && size_ * 16 < slots_.size()) resize(slots_.size() / 4);
  }

  void resize(std::size_t slots) {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
    for (Slot& slot : old) {
      if (!slot.used) continue;
      std::size_t at = home(slot.key);
      while (slots_[at].used) at = next(at);
      slots_[at] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace warren
