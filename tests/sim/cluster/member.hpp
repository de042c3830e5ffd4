// One node of a simulated cluster: the whole shard, its disk, and what its driver knows.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "cluster/raft/types.hpp"
#include "node/shard.hpp"
#include "tests/sim/world/event_queue.hpp"
#include "tests/sim/world/storage.hpp"

namespace warren::sim::cluster {

// Where in the world's list a node stands; it keeps its place, while the catalog's identity ends with a membership.
using Place = std::size_t;

struct Member {
  Place place = 0;
  node::Identity identity;
  EventQueue disk_events;
  std::unique_ptr<Storage> storage;
  std::unique_ptr<node::Shard> machine;  // none: it is not running
  Storage::Answers answers;              // of the disk, at once
  bool member = false;                   // has an identity: was founded or let in
  bool leaving = false;                  // it is about to end in order
  bool retired = false;                  // it does not come back: it is to be removed
  bool forgetful = false;                // it has lost power, and not started since
  bool serving = false;                  // its driver lets clients in
  Instant clock_offset_ms = 0;
  Instant armed_ms = kNever;
  Micros frozen_until = 0;
  Micros thawed_at = 0;
  Micros started_at = 0;
  std::set<NodeId> peers;
  std::uint64_t sessions_given = 0;
  // The machine's progress as the judge saw it last.
  Revision seen_revision;
  std::uint64_t seen_lineage = 0;
  raft::Configuration seen_group;
  // As those who lie in wait saw it last.
  struct Watched {
    std::uint64_t lineage = 0;
    raft::Role role = raft::Role::follower;
    raft::Index commit = 0;
  };
  Watched watched;
  Micros objects_since = -1;  // it takes no definitions; negative: it does
  std::uint64_t ticks_at_once = 0;
  Micros ticked_at = -1;
  raft::Place mark;  // of a ram node's file when it started: it must reach it before its vote can be won

  bool up() const { return machine != nullptr; }
  bool frozen(Micros now) const { return frozen_until > now; }
  bool disc() const { return identity.kind == broker::NodeKind::disc; }
  const node::Registrar* registrar() const { return machine == nullptr ? nullptr : machine->registrar(); }
  bool leads() const {
    const node::Registrar* own = registrar();
    return own != nullptr && own->status().role == raft::Role::leader;
  }
};

}  // namespace warren::sim::cluster
