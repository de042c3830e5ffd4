#include "mirror/selection.hpp"

#include <algorithm>
#include <utility>

namespace warren::mirror {
namespace {

using Nodes = std::vector<NodeId>;

bool among(std::span<const NodeId> nodes, NodeId node) { return std::ranges::find(nodes, node) != nodes.end(); }

Nodes without(std::span<const NodeId> nodes, NodeId node) {
  Nodes rest;
  std::ranges::copy_if(nodes, std::back_inserter(rest), [&](NodeId one) { return one != node; });
  return rest;
}

// The oldest stay; who is missing is chosen at random among those who hold nothing.
Nodes exactly(std::size_t count, const Holders& now, std::span<const NodeId> running, Rng& rng) {
  Nodes mirrors = now.mirrors;
  if (mirrors.size() > count) mirrors.resize(count);
  Nodes others = without(running, now.owner);
  std::erase_if(others, [&](NodeId node) { return among(now.mirrors, node); });
  while (mirrors.size() < count && !others.empty()) {
    const auto chosen = others.begin() + static_cast<std::ptrdiff_t>(rng.below(others.size()));
    mirrors.push_back(*chosen);
    others.erase(chosen);
  }
  return mirrors;
}

Holders among_nodes(const Nodes& named, const Holders& now, std::span<const NodeId> running) {
  Nodes available;
  for (const NodeId node : named)
    if (among(running, node) && !among(available, node)) available.push_back(node);
  // Nobody else has everything: the owner stays, named or not, so that nothing is lost.
  const bool stays = now.synchronised.empty() || among(available, now.owner);
  if (available.empty()) return {now.owner};
  if (stays) return {now.owner, without(available, now.owner)};
  const auto listed = std::ranges::find_if(available, [&](NodeId node) { return among(now.synchronised, node); });
  const NodeId next = listed != available.end() ? *listed : now.synchronised.front();
  return {next, without(available, next)};
}

}  // namespace

Holders select_holders(const Wish& wish, const Holders& now, std::span<const NodeId> running, Rng& rng) {
  switch (wish.mode) {
    case Wish::Mode::none: break;
    case Wish::Mode::all: return {now.owner, without(running, now.owner)};
    case Wish::Mode::exactly: return {now.owner, exactly(std::max<std::size_t>(wish.copies, 1) - 1, now, running, rng)};
    case Wish::Mode::nodes: return among_nodes(wish.nodes, now, running);
  }
  return {now.owner};
}

}  // namespace warren::mirror
