// What a registrar remembers of partitions.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "node/cluster/envelope.hpp"
#include "node/cluster/partition/healing.hpp"
#include "node/cluster/partition/pause.hpp"
#include "node/cluster/partition/sides.hpp"

namespace warren::node {

struct Apart {
  explicit Apart(Instant started) : sides(started), now(started) {}

  PauseRule rule;
  Sides sides;
  Healing healing;
  Instant now;  // of the last look

  bool paused = false;
  Ticket farewell = 0;            // the proposal that says that this node pauses
  bool settled = false;           // it has served with the log that it has
  bool gave_in = false;           // it follows a side that won, and has not settled there
  std::uint64_t gives_in_to = 0;  // it is about to: its clients are being told
  Instant gives_in_at = kNever;
  std::uint64_t lives = 0;  // how often it has begun anew as a member without memory

  // Of a partial partition this node makes a whole one: it neither hears these nor speaks to them.
  std::vector<NodeId> shunned = {};
  Instant shunned_until = kNever;
  std::uint64_t shunned_with = 0;  // this log
  Instant gap_since = kNever;

  std::map<NodeId, Instant> silent_since = {};
  struct ToldGap {
    Instant since = kNever;
    bool told = false;  // by the log
  };
  std::map<NodeId, ToldGap> gaps = {};  // nodes that others hear
  std::uint64_t connections = 0;        // of clients
};

}  // namespace warren::node
