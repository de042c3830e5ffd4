#include "broker/catalog/mirrors/wish.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "broker/catalog/catalog.hpp"
#include "broker/catalog/policies/mirror_keys.hpp"

namespace warren::broker {
namespace {

std::string_view word(const EffectivePolicy* policy, std::string_view key) {
  const amqp::Value* value = policy == nullptr ? nullptr : policy->settings.find(key);
  const std::string* text = value == nullptr ? nullptr : value->text();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::vector<NodeId> members(const Catalog& catalog, const amqp::Value* names) {
  std::vector<NodeId> nodes;
  const auto* listed = names == nullptr ? nullptr : names->get<amqp::Array>();
  if (listed == nullptr) return nodes;
  for (const amqp::Value& name : *listed)
    if (const std::string* text = name.text())
      if (const NodeDefinition* node = catalog.find_node(*text)) nodes.push_back(node->id);
  return nodes;
}

}  // namespace

bool wants_mirrors(const EffectivePolicy* policy) { return !word(policy, kMirrorModeKey).empty(); }

Wish wish_of(const Catalog& catalog, const EffectivePolicy* policy) {
  const std::string_view mode = word(policy, kMirrorModeKey);
  if (mode == "all") return {Wish::Mode::all, 1, {}};
  if (mode.empty()) return {};
  const amqp::Value* params = policy->settings.find(kMirrorParamsKey);
  if (mode == "nodes") return {Wish::Mode::nodes, 1, members(catalog, params)};
  const std::int64_t copies = params == nullptr ? 1 : amqp::as_integer(*params).value_or(1);
  return {Wish::Mode::exactly, static_cast<std::size_t>(std::max<std::int64_t>(copies, 1)), {}};
}

bool promotes_incomplete(const EffectivePolicy* policy, bool orderly) {
  return word(policy, orderly ? kPromoteOnShutdownKey : kPromoteOnFailureKey) == "always";
}

}  // namespace warren::broker
