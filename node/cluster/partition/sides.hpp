// Logs that exist beside each other: who went on without whom, who follows whom, and who goes on alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "node/cluster/partition/standing.hpp"

namespace warren::node {

// This node, as the registrar knows it.
struct OwnStanding {
  NodeId self;
  Lineage lineage;
  bool settled = false;
  bool gave_in = false;  // to a side that won, and has not settled with it
  bool paused = false;
  bool may_take_over = false;  // a disc node, of a mode in which any side goes on
  bool majority_lost = false;  // nobody is left with whom it could agree
  bool leaderless = false;     // or it cannot for another reason
  raft::Place last = {};       // how far its log goes
};

struct SideDecision {
  enum class What : std::uint8_t { none, follow, take_over };
  What what = What::none;
  Lineage lineage = {};            // to be followed
  std::vector<NodeId> began = {};  // partitions, and with whom
  std::vector<NodeId> ended = {};
};

class Sides {
 public:
  // A node that starts looks so long for those who serve, before it serves with what it has.
  static constexpr Instant kLookAround_ms = 1000;
  // Beyond the time after which a silent node counts as down: a restart should not split a group.
  static constexpr Instant kTakeoverAfter_ms = 400;
  // Elections may take that long; without a leader after it there cannot be one.
  static constexpr Instant kLeaderlessFor_ms = 3000;
  // Later for every disc node that should go first.
  static constexpr Instant kTurn_ms = 1000;
  // What a node said counts so long.
  static constexpr Instant kFresh_ms = 1000;
  // A node that comes in gets a vote soon; until then it is counted as if it had one.
  static constexpr Instant kAdmittedWithin_ms = 2000;

  explicit Sides(Instant now) : started_at_(now) {}

  void heard(NodeId from, Standing standing, const Lineage& own, Instant now);
  // It is subjectively down.
  void silent(NodeId node, Instant now);
  // These are all others; with discs among them.
  void members(const std::vector<NodeId>& others, const std::vector<NodeId>& discs);

  SideDecision look(const OwnStanding& own, Instant now);

  // Of what this node said last; to be sent back.
  std::uint64_t stamp(NodeId node) const;
  // Whether it is too early to say that this node is there.
  bool waits() const { return waits_; }
  std::vector<NodeId> parted() const;
  bool parted(NodeId node) const;
  // Whether it is heard, shares the log, and has a vote: somebody with whom a majority can be made. Nothing: it has
  // said nothing yet.
  std::optional<bool> shares(NodeId node, std::uint64_t lineage, Instant now) const;
  // What it said last, if that counts.
  const Standing* standing(NodeId node, Instant now) const;
  // A log that somebody serves with at present.
  std::optional<Lineage> served(std::uint64_t lineage, Instant now) const;

 private:
  struct Peer {
    bool known = false;
    Standing standing = {};
    Instant at = 0;
    std::uint64_t stamp = 0;      // by its clock
    std::uint64_t silent_at = 0;  // by ours; what it said before it had heard us again comes late, behind a cut
    Instant unadmitted_since = kNever;
    bool stranger = true;  // it was down, or never seen, since it last shared our log
    bool parted = false;
    bool disc = false;
  };

  bool fresh(const Peer& peer, Instant now) const { return peer.known && now < peer.at + kFresh_ms; }
  void note_parted(const OwnStanding& own, Instant now, SideDecision& decision);
  // Of the others that are heard, in a state like `settled`, the log to follow rather than `own`.
  std::optional<Lineage> better(const OwnStanding& own, bool settled, bool rather, Instant now) const;
  void find_place(const OwnStanding& own, Instant now, SideDecision& decision);
  void keep_place(const OwnStanding& own, Instant now, SideDecision& decision);
  Instant turn(const OwnStanding& own, Instant now) const;

  std::map<NodeId, Peer> peers_;
  const Instant started_at_;
  bool waits_ = true;
  Instant lost_since_ = kNever;
  Instant leaderless_since_ = kNever;
  Instant deserted_since_ = kNever;  // it gave in, and nobody serves
};

}  // namespace warren::node
