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

// Appends what one applied command changed, transient things included: other nodes go on with them, and the node that
// they end with says so itself (NodeUp). Must become durable together, in this order. Requires: `after` is the catalog
// right after the command.
//
// The counters go along whenever there is anything to write, so that no identity is given twice and the stored revision
// is that of the stored definitions.
void definition_writes(const Catalog& after, const Applied& applied, std::vector<DefinitionWrite>& writes);

// The counters alone, which the beginning of a log changes.
DefinitionWrite counters_write(const Catalog& catalog);

// The records of a whole catalog, in order of their keys: equal catalogs give equal records.
std::vector<DefinitionWrite> all_definition_writes(const Catalog& catalog);

}  // namespace warren::broker
