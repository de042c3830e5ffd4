// Who owned which queue, remembered while a catalog is made anew from a whole one.
#pragma once

#include <string>
#include <vector>

#include "broker/catalog/catalog.hpp"

namespace warren::node {

// One queue, as a catalog had it. The name goes with the identity: another log may have given that to another queue.
struct Reign {
  QueueRef queue;
  NodeId owner;
  std::string vhost;
  std::string name;
};

// Requires: its vhost is there.
Reign reign_of(const broker::QueueDefinition& queue, const broker::Catalog& catalog);
std::vector<Reign> reigns_of(const broker::Catalog& catalog);

// The same queue in another catalog; null: it is not there.
const broker::QueueDefinition* same_queue(const Reign& before, const broker::Catalog& now);

// The queues of before that are still there, in another reign.
std::vector<broker::QueueMoved> moves_since(const std::vector<Reign>& before, const broker::Catalog& now);

}  // namespace warren::node
