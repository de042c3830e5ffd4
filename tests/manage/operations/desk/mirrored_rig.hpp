// The rig with both nodes running and every queue mirrored.
#pragma once

#include <string>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {

class MirroredRig : public Rig {
 public:
  MirroredRig() {
    apply(broker::NodeUp{NodeId(2), 8, "h", 2});
    broker::PolicyDefinition policy;
    policy.name = "ha";
    policy.pattern = "^q";
    policy.definition.set("ha-mode", "all");
    apply(broker::SetPolicy{"/", policy});
  }

  // The mirror has everything, as with a new queue, or not.
  void set_in_sync(std::string_view name, bool on) {
    const broker::QueueDefinition& one = queue(name);
    const NodeId mirror = one.mirrors.front();
    apply(broker::SetInSync{one.ref.id, one.ref.epoch, one.mirror_round, mirror, on});
  }
};

inline Map of_queue(std::string name) { return Map{}.add("queue", std::move(name)); }

}  // namespace warren::manage::testing
