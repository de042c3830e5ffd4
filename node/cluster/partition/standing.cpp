#include "node/cluster/partition/standing.hpp"

#include <algorithm>

namespace warren::node {

void describe(const Lineage& lineage, Standing& standing) {
  standing.lineage = lineage.id;
  standing.founder = lineage.founder;
  standing.ancestors.clear();
  for (const std::uint64_t ancestor : lineage.ancestors) standing.ancestors.push_back({ancestor});
}

Lineage lineage_of(const Standing& standing) {
  Lineage lineage{standing.lineage, {}, standing.founder};
  for (const ToldAncestor& ancestor : standing.ancestors) lineage.ancestors.push_back(ancestor.id);
  return lineage;
}

bool names(const std::vector<ToldNode>& nodes, NodeId node) {
  return std::ranges::find(nodes, node, &ToldNode::id) != nodes.end();
}

}  // namespace warren::node
