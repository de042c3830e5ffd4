#include "broker/exchange/ordered_bindings.hpp"

#include <doctest/doctest.h>

#include <array>

namespace warren::broker {

TEST_CASE("bindings keep the order of their numbers whatever is removed") {
  std::array<Binding, 5> bindings;
  OrderedBindings ordered;
  CHECK(ordered.empty());
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    bindings[i].number = i + 1;
    ordered.add(bindings[i]);
  }
  ordered.remove(bindings[2]);
  ordered.remove(bindings[0]);
  REQUIRE(ordered.size() == 3);
  CHECK(&ordered[0] == &bindings[1]);
  CHECK(&ordered[1] == &bindings[3]);
  CHECK(&ordered[2] == &bindings[4]);
}

}  // namespace warren::broker
