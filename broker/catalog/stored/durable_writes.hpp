// What of the stored catalog a command changed.
#pragma once

#include <string>
#include <vector>

#include "broker/catalog/catalog.hpp"

namespace warren::broker {

// One record of the stored catalog, put or taken away. What is taken away need not be there.
struct DefinitionWrite {
  std::string key;
  std::string value;  // empty when erased
  bool erased = false;
};

// Appends what one applied command changed of what survives a restart: vhosts, users, permissions, and those exchanges,
// queues and bindings that are durable (amqp.md 3.7). Must become durable together, in this order. Requires: `after` is
// the catalog right after the command.
//
// The counters go along whenever there is anything to write. So an identity that something on disk may refer to is
// never given twice: only what is written here, and the messages of queues that are, refer to identities, and the
// counters are written with it. Identities of what ends with the node may be given again after a restart.
void durable_writes(const Catalog& after, const Applied& applied, std::vector<DefinitionWrite>& writes);

}  // namespace warren::broker
