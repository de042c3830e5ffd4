#include "broker/session/rules/placement.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "broker/queue/settings.hpp"

namespace warren::broker::session {
namespace {

struct Candidate {
  NodeId node;
  std::size_t queues = 0;
};

std::vector<Candidate> candidates(const Catalog& catalog) {
  std::vector<Candidate> nodes;
  catalog.for_each_node([&](const NodeDefinition& node) {
    if (node.running && !node.draining && node.kind != NodeKind::witness) nodes.push_back({node.id});
  });
  return nodes;
}

// Leaves those with the fewest queues.
void keep_least_loaded(const Catalog& catalog, std::vector<Candidate>& nodes) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (Candidate& node : nodes) least = std::min(least, node.queues = catalog.queues_of(node.node));
  std::erase_if(nodes, [&](const Candidate& node) { return node.queues > least; });
}

// What was asked for stays as long as the policy does.
std::string_view locator_of(const QueueDefinition& wanted, const PolicyList::InForce& policy,
                            std::string_view otherwise) {
  const amqp::Value* said = wanted.arguments.find(kMasterLocatorArgument);
  if (said == nullptr && policy != nullptr) said = policy->settings.find(kMasterLocatorKey);
  return said == nullptr || said->text() == nullptr ? otherwise : std::string_view(*said->text());
}

}  // namespace

Place choose_place(const Catalog& catalog, SessionRef self, const QueueDefinition& wanted, std::string_view locator,
                   Rng& rng) {
  const Place local{self.node, self.shard};
  const PolicyList::InForce policy = catalog.policy_for_queue(wanted.vhost, wanted.name);
  locator = locator_of(wanted, policy, locator);
  if (wanted.exclusive() || locator == kClientLocal || catalog.node_count() <= 1) return local;
  std::vector<Candidate> nodes = candidates(catalog);
  if (locator == kMinMasters) keep_least_loaded(catalog, nodes);
  if (nodes.empty()) return local;
  const NodeId chosen = nodes[rng.below(nodes.size())].node;
  if (chosen == self.node) return local;
  // Its shards are not known here: it takes the number by theirs.
  return {chosen, static_cast<ShardIndex>(rng.next())};
}

}  // namespace warren::broker::session
