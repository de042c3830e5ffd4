// What a policy in force wants of the copies of a queue (clustering.md 4.1).
#pragma once

#include "broker/catalog/mirrors/selection.hpp"
#include "broker/catalog/policies/policy.hpp"

namespace warren::broker {

class Catalog;

// Whether it has a say in copies at all. Null: there is no policy.
bool wants_mirrors(const EffectivePolicy* policy);

// Who is to hold copies. Names of nodes that are no members are passed over.
Wish wish_of(const Catalog& catalog, const EffectivePolicy* policy);

// Whether a mirror that lacks something may become the owner when the owner stopped in an orderly way, or else when it
// failed. Where nothing is said, nothing that was confirmed is given away.
bool promotes_incomplete(const EffectivePolicy* policy, bool orderly);

}  // namespace warren::broker
