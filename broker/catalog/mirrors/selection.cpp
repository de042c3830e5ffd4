#include "broker/catalog/mirrors/selection.hpp"

#include <algorithm>
#include <utility>

#include "broker/catalog/hash.hpp"

namespace warren::broker {
namespace {

using Nodes = std::vector<NodeId>;

Nodes without(std::span<const NodeId> nodes, NodeId node) {
  Nodes rest;
  std::ranges::copy_if(nodes, std::back_inserter(rest), [&](NodeId one) { return one != node; });
  return rest;
}

Nodes those_of(std::span<const NodeId> nodes, std::span<const NodeId> others) {
  Nodes both;
  std::ranges::copy_if(nodes, std::back_inserter(both), [&](NodeId one) { return among(others, one); });
  return both;
}

void add_missing(Nodes& nodes, std::span<const NodeId> more) {
  for (const NodeId node : more)
    if (!among(nodes, node)) nodes.push_back(node);
}

// Who goes has less than who stays, or is younger. Who is missing is chosen among those who hold nothing.
Nodes exactly(std::size_t count, const Holders& now, std::span<const NodeId> running) {
  Nodes best = those_of(now.mirrors, now.synchronised);
  add_missing(best, now.mirrors);
  add_missing(best, without(running, now.owner));
  if (best.size() > count) best.resize(count);
  return best;
}

Holders among_nodes(const Nodes& named, const Holders& now, std::span<const NodeId> running) {
  Nodes available;
  add_missing(available, those_of(named, running));
  // Nobody else has everything: the owner stays, named or not, so that nothing is lost.
  const bool stays = now.synchronised.empty() || among(available, now.owner);
  if (available.empty()) return {now.owner};
  if (stays) return {now.owner, without(available, now.owner)};
  const auto listed = std::ranges::find_if(available, [&](NodeId node) { return among(now.synchronised, node); });
  const NodeId next = listed != available.end() ? *listed : now.synchronised.front();
  return {next, without(available, next)};
}

Holders wanted(const Wish& wish, const Holders& now, std::span<const NodeId> running) {
  switch (wish.mode) {
    case Wish::Mode::none: break;
    case Wish::Mode::all: return {now.owner, without(running, now.owner)};
    case Wish::Mode::exactly: return {now.owner, exactly(std::max<std::size_t>(wish.copies, 1) - 1, now, running)};
    case Wish::Mode::nodes: return among_nodes(wish.nodes, now, running);
  }
  return {now.owner};
}

}  // namespace

std::vector<NodeId> by_preference(QueueId queue, std::vector<NodeId> nodes) {
  const std::uint64_t seed = hash_number(queue.value);
  std::ranges::sort(nodes, {}, [&](NodeId node) { return std::pair(hash_number(seed ^ node.value), node); });
  return nodes;
}

Holders select_holders(const Wish& wish, const Holders& now, std::span<const NodeId> running) {
  const Holders next = wanted(wish, now, running);
  Holders holders{next.owner, those_of(now.mirrors, next.mirrors)};
  add_missing(holders.mirrors, next.mirrors);
  holders.synchronised = those_of(now.synchronised, next.mirrors);
  return holders;
}

}  // namespace warren::broker
