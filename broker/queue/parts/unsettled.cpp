#include "broker/queue/parts/unsettled.hpp"

#include "base/check.hpp"

namespace warren::broker {

void Unsettled::hold(UnsettledDelivery delivery) {
  const Position position = delivery.queued.position;
  const Position number = position / kPagePositions;
  Page* page = find_page(number);
  if (page == nullptr) page = &new_page(number);
  const auto place = static_cast<unsigned>(position % kPagePositions);
  WARREN_CHECK((page->held >> place & 1) == 0, "a position is with one holder at a time");
  ::new (static_cast<void*>(&page->at(place))) UnsettledDelivery(std::move(delivery));
  page->held |= std::uint32_t{1} << place;
  ++size_;
}

void Unsettled::clear() {
  pages_.for_each([](std::uint64_t, Page* page) {
    for (std::uint32_t held = page->held; held != 0; held &= held - 1)
      std::destroy_at(&page->at(static_cast<unsigned>(std::countr_zero(held))));
    pool::release(page, sizeof(Page));
  });
  pages_.clear();
  last_page_ = nullptr;
  size_ = 0;
}

Unsettled::Page& Unsettled::new_page(Position number) {
  // Not value-initialised: the places are filled when they are used.
  Page* page = ::new (pool::allocate(sizeof(Page))) Page;
  page->number = number;
  pages_.insert(key_of(number), page);
  last_page_ = page;
  return *page;
}

void Unsettled::drop_page(Page& page) {
  if (last_page_ == &page) last_page_ = nullptr;
  pages_.erase(key_of(page.number));
  pool::release(&page, sizeof(Page));
}

std::vector<Position> Unsettled::pages_between(Position first, Position last) const {
  std::vector<Position> numbers;
  pages_.for_each([&](std::uint64_t, Page* page) {
    if (page->number >= first && page->number <= last) numbers.push_back(page->number);
  });
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace warren::broker
