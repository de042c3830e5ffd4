// The policies of one vhost, and which of them are in force for a name.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/pattern/pattern.hpp"
#include "broker/catalog/policies/policy.hpp"

namespace warren::broker {

// What is in force is shared by all for which it is, and the same object as long as it stays the same: a queue that no
// change concerns is told by one look at a pointer.
class PolicyList {
 public:
  using InForce = std::shared_ptr<const EffectivePolicy>;

  // Null for a name that is not there. Valid until that policy changes.
  const PolicyDefinition* find(PolicyKind kind, std::string_view name) const;
  // False: it is there already, just so.
  bool set(PolicyDefinition policy);
  bool clear(PolicyKind kind, std::string_view name);

  // Null: none matches. Not const: it remembers what it made.
  InForce for_queue(std::string_view name) { return in_force(name, for_queues); }
  InForce for_exchange(std::string_view name) { return in_force(name, for_exchanges); }

  bool empty() const { return held_.empty(); }
  std::size_t size() const { return held_.size(); }
  // visit(const PolicyDefinition&), those of users first, by name.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [key, held] : held_) visit(std::as_const(held->definition));
  }

 private:
  struct Held {
    PolicyDefinition definition;
    std::optional<Pattern> pattern;  // none: kept from elsewhere and not understood; matches nothing
  };
  using Key = std::pair<PolicyKind, std::string>;
  using Concerned = bool (*)(ApplyTo);

  InForce in_force(std::string_view name, Concerned concerned);
  const Held* best(PolicyKind kind, std::string_view name, Concerned concerned) const;
  void forget(const Held& held);

  std::map<Key, std::unique_ptr<Held>> held_;
  std::vector<const Held*> order_[2];  // by kind; the first that matches counts
  std::map<std::pair<const Held*, const Held*>, InForce> made_;
};

}  // namespace warren::broker
