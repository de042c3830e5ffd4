// The messages that are with clients and not settled yet, found by position.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "base/pool.hpp"
#include "broker/queue/messages.hpp"
#include "broker/queue/parts/ready_order.hpp"

namespace warren::broker {

// Who has a message: settlements of others do not touch it.
struct Holder {
  SessionRef session;
  ChannelRef channel;
  friend constexpr bool operator==(const Holder&, const Holder&) = default;
};

struct UnsettledDelivery {
  Queued queued;
  ConsumerSlot consumer;  // none: taken by basic.get
  Holder holder;
};

// Positions are neighbours most of the time, so they lie in pages of 32: one look-up serves a page, and a range is
// settled by walking over bits.
class Unsettled {
 public:
  Unsettled() = default;
  Unsettled(const Unsettled&) = delete;
  Unsettled& operator=(const Unsettled&) = delete;
  ~Unsettled() { clear(); }

  std::size_t size() const { return size_; }
  // Requires: nothing is held at that position.
  void hold(UnsettledDelivery delivery);
  // Takes out what the holder has at first..last and calls visit(UnsettledDelivery&&) for each, by position.
  // The visit must not touch this object.
  template <class Visit>
  void take(Position first, Position last, const Holder& holder, Visit&& visit);
  // The same for all that sessions of a node have.
  template <class Visit>
  void take_all_of(NodeId node, Visit&& visit);
  template <class Visit>
  void for_each(Visit&& visit) const;
  void clear();
  std::size_t heap_bytes() const { return pages_.size() * (sizeof(Page) + 24); }

 private:
  static constexpr Position kPagePositions = 32;

  struct Page {
    Position number = 0;
    std::uint32_t held = 0;  // a bit per position
    alignas(UnsettledDelivery) std::array<std::byte, kPagePositions * sizeof(UnsettledDelivery)> places;

    UnsettledDelivery& at(unsigned place) {
      return *std::launder(reinterpret_cast<UnsettledDelivery*>(places.data()) + place);
    }
  };

  // The map keeps neighbours together, and long runs of neighbours are slow to delete from; spread them out.
  static std::uint64_t key_of(Position page) { return std::rotl(page * 0x9e3779b97f4a7c15ull, 32); }

  Page* find_page(Position number) {
    if (last_page_ != nullptr && last_page_->number == number) return last_page_;
    Page** found = pages_.find(key_of(number));
    return found == nullptr ? nullptr : (last_page_ = *found);
  }
  Page& new_page(Position number);
  void drop_page(Page& page);
  // Numbers of the pages between two, ascending.
  std::vector<Position> pages_between(Position first, Position last) const;
  template <class Wanted, class Visit>
  void take_from(Page& page, Position first, Position last, const Wanted& wanted, Visit& visit);

  FlatMap<std::uint64_t, Page*> pages_;
  Page* last_page_ = nullptr;  // the one used last
  std::size_t size_ = 0;
};

template <class Visit>
void Unsettled::take(Position first, Position last, const Holder& holder, Visit&& visit) {
  if (first > last || size_ == 0) return;
  const auto of_holder = [&](const Holder& has) { return has == holder; };
  const Position first_page = first / kPagePositions;
  const Position last_page = last / kPagePositions;
  if (last_page - first_page <= pages_.size()) {
    for (Position number = first_page; number <= last_page; ++number)
      if (Page* page = find_page(number)) take_from(*page, first, last, of_holder, visit);
    return;
  }
  for (const Position number : pages_between(first_page, last_page))
    take_from(*find_page(number), first, last, of_holder, visit);
}

template <class Visit>
void Unsettled::take_all_of(NodeId node, Visit&& visit) {
  constexpr Position kLast = std::numeric_limits<Position>::max();
  const auto of_node = [&](const Holder& has) { return has.session.node == node; };
  for (const Position number : pages_between(0, kLast / kPagePositions))
    take_from(*find_page(number), 0, kLast, of_node, visit);
}

template <class Wanted, class Visit>
void Unsettled::take_from(Page& page, Position first, Position last, const Wanted& wanted, Visit& visit) {
  const Position base = page.number * kPagePositions;
  std::uint32_t places = page.held;
  if (first > base) places &= ~std::uint32_t{0} << (first - base);
  if (last < base + kPagePositions - 1) places &= ~std::uint32_t{0} >> (base + kPagePositions - 1 - last);
  for (; places != 0; places &= places - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(places));
    UnsettledDelivery& delivery = page.at(place);
    if (!wanted(delivery.holder)) continue;
    page.held &= ~(std::uint32_t{1} << place);
    --size_;
    visit(std::move(delivery));
    std::destroy_at(&delivery);
  }
  if (page.held == 0) drop_page(page);
}

template <class Visit>
void Unsettled::for_each(Visit&& visit) const {
  pages_.for_each([&](std::uint64_t, Page* page) {
    for (std::uint32_t held = page->held; held != 0; held &= held - 1)
      visit(std::as_const(page->at(static_cast<unsigned>(std::countr_zero(held)))));
  });
}

}  // namespace warren::broker
