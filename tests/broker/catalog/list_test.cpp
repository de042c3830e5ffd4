#include "broker/catalog/list.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace warren::broker {
namespace {

struct Item {
  int number = 0;
  Links<Item> links;
};

using Items = List<Item, &Item::links>;

std::vector<int> numbers(const Items& items) {
  std::vector<int> found;
  for (const Item& item : items) found.push_back(item.number);
  return found;
}

}  // namespace

TEST_CASE("a list keeps the order of insertion and lets go at any place") {
  std::array<Item, 4> items{{{0, {}}, {1, {}}, {2, {}}, {3, {}}}};
  Items list;
  CHECK(list.empty());
  for (Item& item : items) list.push_back(item);
  CHECK(numbers(list) == std::vector{0, 1, 2, 3});
  list.erase(items[1]);
  CHECK(numbers(list) == std::vector{0, 2, 3});
  list.erase(items[3]);
  list.erase(items[0]);
  CHECK(numbers(list) == std::vector{2});
  list.push_back(items[0]);
  CHECK(numbers(list) == std::vector{2, 0});
  list.erase(items[2]);
  list.erase(items[0]);
  CHECK(list.empty());
  CHECK(list.first() == nullptr);
}

}  // namespace warren::broker
