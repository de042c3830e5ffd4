#include "broker/catalog/policies/policy_list.hpp"

#include <algorithm>
#include <tuple>

#include "broker/catalog/policies/merge.hpp"

namespace warren::broker {
namespace {

bool same(const PolicyDefinition& a, const PolicyDefinition& b) {
  return a.pattern == b.pattern && a.apply_to == b.apply_to && a.priority == b.priority && a.definition == b.definition;
}

bool before(const PolicyDefinition& a, const PolicyDefinition& b) {
  return std::tie(b.priority, a.name) < std::tie(a.priority, b.name);
}

}  // namespace

const PolicyDefinition* PolicyList::find(PolicyKind kind, std::string_view name) const {
  const auto found = held_.find(Key{kind, name});
  return found == held_.end() ? nullptr : &found->second->definition;
}

bool PolicyList::set(PolicyDefinition policy) {
  const PolicyKind kind = policy.kind;
  std::unique_ptr<Held>& place = held_[Key{kind, policy.name}];
  if (place != nullptr && same(place->definition, policy)) return false;
  if (place != nullptr) forget(*place);
  place = std::make_unique<Held>();
  if (Result<Pattern, std::string> pattern = Pattern::read(policy.pattern)) place->pattern = std::move(*pattern);
  place->definition = std::move(policy);
  std::vector<const Held*>& order = order_[static_cast<std::size_t>(kind)];
  const auto behind =
      std::ranges::find_if(order, [&](const Held* other) { return before(place->definition, other->definition); });
  order.insert(behind, place.get());
  return true;
}

bool PolicyList::clear(PolicyKind kind, std::string_view name) {
  const auto found = held_.find(Key{kind, name});
  if (found == held_.end()) return false;
  forget(*found->second);
  held_.erase(found);
  return true;
}

void PolicyList::forget(const Held& held) {
  std::erase(order_[static_cast<std::size_t>(held.definition.kind)], &held);
  std::erase_if(made_, [&](const auto& one) { return one.first.first == &held || one.first.second == &held; });
}

const PolicyList::Held* PolicyList::best(PolicyKind kind, std::string_view name, Concerned concerned) const {
  for (const Held* held : order_[static_cast<std::size_t>(kind)])
    if (concerned(held->definition.apply_to) && held->pattern && held->pattern->occurs_in(name)) return held;
  return nullptr;
}

PolicyList::InForce PolicyList::in_force(std::string_view name, Concerned concerned) {
  const Held* user = best(PolicyKind::user, name, concerned);
  const Held* operators = best(PolicyKind::operators, name, concerned);
  if (user == nullptr && operators == nullptr) return {};
  InForce& made = made_[{user, operators}];
  if (made == nullptr) {
    static const PolicyDefinition kNone;
    const PolicyDefinition& of_user = user == nullptr ? kNone : user->definition;
    const PolicyDefinition& of_operators = operators == nullptr ? kNone : operators->definition;
    made = std::make_shared<const EffectivePolicy>(
        EffectivePolicy{of_user.name, of_operators.name, merge_policies(of_user.definition, of_operators.definition)});
  }
  return made;
}

}  // namespace warren::broker
