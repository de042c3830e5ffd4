#include "broker/exchange/types.hpp"

#include <doctest/doctest.h>

#include <set>

namespace warren::broker {

TEST_CASE("each type is found by its name, and names are unique") {
  std::set<std::string_view> names;
  for (const ExchangeTypeInfo* type : exchange_types()) {
    CHECK(find_exchange_type(type->name) == type);
    names.insert(type->name);
  }
  CHECK(names.size() == exchange_types().size());
  for (const char* name : {"direct", "fanout", "topic", "headers"}) CHECK(names.contains(name));
}

TEST_CASE("8.2/139 types that are plugins elsewhere are unknown here") {
  for (const char* name : {"x-delayed-message", "", "Direct", "nonesuch"}) CHECK(find_exchange_type(name) == nullptr);
}

}  // namespace warren::broker
