// A hash index over records that know their own key: nothing is copied, look-ups by view take no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace warren::broker {

// Open addressing with linear probing and backward-shift deletion, as base/flat_map, but over hashes that the caller
// spreads, so that long-lived and short-lived identities do not form runs. Handle: Record* or unique_ptr<Record>.
template <class Handle>
class Index {
 public:
  using Record = std::remove_reference_t<decltype(*std::declval<Handle&>())>;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The record with this hash of which same(record) holds, or null.
  template <class Same>
  Record* find(std::uint64_t hash, Same&& same) const {
    if (size_ == 0) return nullptr;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = home(tag); slots_[at].handle != nullptr; at = next(at))
      if (slots_[at].tag == tag && same(*slots_[at].handle)) return &*slots_[at].handle;
    return nullptr;
  }

  // Requires: not there yet.
  void insert(std::uint64_t hash, Handle handle) {
    if ((size_ + 1) * 4 > slots_.size() * 3) resize(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    place(tag_of(hash), std::move(handle));
    ++size_;
  }

  // Takes the record out and gives its handle back. Requires: it is there under this hash.
  Handle erase(std::uint64_t hash, const Record& record) {
    std::size_t hole = home(tag_of(hash));
    while (&*slots_[hole].handle != &record) hole = next(hole);
    Handle handle = std::move(slots_[hole].handle);
    close(hole);
    --size_;
    if (slots_.size() > kKeptSlots && size_ * 16 < slots_.size()) resize(slots_.size() / 4);
    return handle;
  }

  // Calls visit(record) for each, in no useful order. The index must not change meanwhile.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Slot& slot : slots_)
      if (slot.handle != nullptr) visit(*slot.handle);
  }

 private:
  struct Slot {
    Handle handle = nullptr;
    std::uint32_t tag = 0;
  };
  static constexpr std::size_t kFirstSlots = 8;
  static constexpr std::size_t kKeptSlots = 1024;

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::size_t home(std::uint32_t tag) const { return tag & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  void place(std::uint32_t tag, Handle handle) {
    std::size_t at = home(tag);
    while (slots_[at].handle != nullptr) at = next(at);
    slots_[at].handle = std::move(handle);
    slots_[at].tag = tag;
  }

  // Moves later records of the run back so that no look-up stops at the hole.
  void close(std::size_t hole) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = next(hole); slots_[at].handle != nullptr; at = next(at)) {
      if (((at - home(slots_[at].tag)) & mask) < ((at - hole) & mask)) continue;
      slots_[hole] = std::move(slots_[at]);
      hole = at;
    }
    slots_[hole].handle = nullptr;
  }

  void resize(std::size_t slots) {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
    for (Slot& slot : old)
      if (slot.handle != nullptr) place(slot.tag, std::move(slot.handle));
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace warren::broker
