// One member in the simulation: the machine, its disk, the small machine that it drives.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "cluster/raft/raft.hpp"

namespace warren::raft::sim {

// What would be there after a loss of power.
struct Disk {
  std::optional<HardState> state;
  Snapshot snapshot;
  std::map<Index, Entry> entries;

  void write(const Persist& persist, bool keeps_log);
  bool holds(const Entry& entry) const;
};

// The driven machine: a number that depends on every entry and their order.
struct Chain {
  Index index = 0;
  std::uint64_t sum = 0;

  void apply(const Entry& entry);
  SnapshotBytes save(std::size_t padding) const;
  void load(const std::string& bytes);
};

struct Node {
  NodeId id;
  Kind kind = Kind::disc;
  bool born = false;  // has ever run
  bool up = false;
  std::uint64_t boot = 1;
  std::uint64_t incarnation = 0;
  Instant clock_offset_ms = 0;
  Instant frozen_until = 0;
  Instant wake_at = kNever;  // by its own clock
  bool disc_alive = false;   // as it was told
  Disk disk;
  std::optional<HardState> old_state;  // some state that was written before
  std::deque<Persist> writing;
  std::optional<Raft> raft;
  Chain chain;

  bool leads() const { return up && raft->status().role == Role::leader; }
  // A candidate's log must reach it.
  Place standard() const;
};

}  // namespace warren::raft::sim
