#include "broker/session/channel/unsettled.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "base/rng.hpp"

namespace warren::broker::session {

namespace {

UnsettledDelivery delivery(std::uint64_t tag) {
  UnsettledDelivery entry;
  entry.tag = tag;
  entry.position = tag + 100;
  return entry;
}

void settle(Unsettled& unsettled, std::uint64_t tag) {
  UnsettledDelivery* entry = unsettled.find(tag);
  REQUIRE(entry != nullptr);
  unsettled.settle(*entry);
  unsettled.sweep();
}

std::vector<std::uint64_t> tags_up_to(Unsettled& unsettled, std::uint64_t tag) {
  std::vector<std::uint64_t> tags;
  unsettled.for_each_up_to(tag, [&](UnsettledDelivery& entry) { tags.push_back(entry.tag); });
  return tags;
}

}  // namespace

TEST_CASE("a delivery is found by its tag until it is settled") {
  Unsettled unsettled;
  CHECK(unsettled.find(1) == nullptr);
  unsettled.add(delivery(1));
  unsettled.add(delivery(2));
  CHECK(unsettled.find(2)->position == 102);
  settle(unsettled, 2);
  CHECK(unsettled.find(2) == nullptr);
  CHECK(unsettled.held() == 1);
  settle(unsettled, 1);
  CHECK(unsettled.empty());
}

TEST_CASE("tags have gaps where deliveries needed no acknowledgement") {
  Unsettled unsettled;
  for (const std::uint64_t tag : {3, 4, 9, 20}) unsettled.add(delivery(tag));
  for (const std::uint64_t tag : {3, 4, 9, 20}) CHECK(unsettled.find(tag)->tag == tag);
  for (const std::uint64_t tag : {0, 1, 5, 8, 10, 19, 21}) CHECK(unsettled.find(tag) == nullptr);
}

TEST_CASE("all deliveries up to a tag are visited, oldest first, and zero means all") {
  Unsettled unsettled;
  for (std::uint64_t tag = 1; tag <= 5; ++tag) unsettled.add(delivery(tag));
  settle(unsettled, 2);
  CHECK(tags_up_to(unsettled, 3) == std::vector<std::uint64_t>{1, 3});
  CHECK(tags_up_to(unsettled, 0) == std::vector<std::uint64_t>{1, 3, 4, 5});
}

TEST_CASE("what a transaction used up cannot be settled again but is still held") {
  Unsettled unsettled;
  unsettled.add(delivery(1));
  unsettled.find(1)->buffered = true;
  CHECK(unsettled.find(1) == nullptr);
  CHECK(unsettled.find_buffered(1)->tag == 1);
  CHECK(unsettled.held() == 1);
}

TEST_CASE("a walk over what is held leaves out what is settled") {
  Unsettled unsettled;
  for (std::uint64_t tag = 1; tag <= 3; ++tag) unsettled.add(delivery(tag));
  settle(unsettled, 2);
  std::vector<std::uint64_t> tags;
  unsettled.for_each_held([&](const UnsettledDelivery& held) { tags.push_back(held.tag); });
  CHECK(tags == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("one delivery that is never settled does not hide later ones") {
  Rng rng(5);
  Unsettled unsettled;
  std::uint64_t last = 1;
  unsettled.add(delivery(1));
  std::vector<std::uint64_t> open;
  for (int step = 0; step < 20'000; ++step) {
    last += 1 + (rng.one_in(10) ? rng.below(5) : 0);
    unsettled.add(delivery(last));
    open.push_back(last);
    if (open.size() < 20) continue;
    const std::size_t place = rng.below(open.size());
    settle(unsettled, open[place]);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(place));
  }
  CHECK(unsettled.find(1) != nullptr);
  CHECK(unsettled.held() == open.size() + 1);
  for (const std::uint64_t tag : open) CHECK(unsettled.find(tag) != nullptr);
}

}  // namespace warren::broker::session
