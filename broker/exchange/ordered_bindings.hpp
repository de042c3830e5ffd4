// Bindings by place, in order of their numbers: for types that pick one of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker/catalog/records.hpp"

namespace warren::broker {

// The place of a binding depends on what is bound and not on what has been unbound in between, so that nodes with
// different pasts choose alike.
class OrderedBindings {
 public:
  bool empty() const { return bindings_.empty(); }
  std::size_t size() const { return bindings_.size(); }
  const Binding& operator[](std::size_t place) const { return *bindings_[place]; }

  // Requires: the number is above all others.
  void add(const Binding& binding) { bindings_.push_back(&binding); }
  // Requires: was added.
  void remove(const Binding& binding) {
    bindings_.erase(std::ranges::lower_bound(bindings_, binding.number, {}, &Binding::number));
  }

 private:
  std::vector<const Binding*> bindings_;
};

}  // namespace warren::broker
