// What was promised to whom, and what must never happen in a cluster.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/sim/cluster/member.hpp"
#include "tests/sim/scene.hpp"

namespace warren::sim::cluster {

enum class What : std::uint8_t { vhost, user, exchange, queue };

// How far a wish has come; what was refused after it was sent may still come true.
enum class Wish : std::uint8_t { none, sent, granted, open };

// A definition under a name of its own.
struct Thing {
  What what = What::vhost;
  std::string name;
  NodeId owner;  // of a queue
  std::string owner_name;
  bool transient = false;  // of a queue: goes with its node's process
  bool of_guest = false;   // a queue that guests use: never asked away
  Wish made = Wish::none;
  Wish deleted = Wish::none;
  std::uint64_t made_in = 0;  // the log in which it was granted
  std::uint64_t deleted_in = 0;
};

struct Publish {
  std::size_t queue = 0;  // thing
  bool confirmed = false;
  bool settled = false;  // a guest has acknowledged it, or got it without having to
  bool seen = false;
  bool transient = false;
  bool forgiven = false;     // it may be lost (mirror_judge)
  std::uint64_t sender = 0;  // a connection of a guest
  Epoch epoch = {};          // of the queue, as its node knew it
};

// For the story.
std::string tell_group(const raft::Configuration& configuration);

class Judge {
 public:
  explicit Judge(Scene& scene) : scene_(scene) {}

  // ---- while it runs ----

  // It has read its disk after a loss of power. What it saw alone, and its disk did not keep, may come again otherwise.
  void forgot(const Member& member);
  // After every step: one leader per term, equal catalogs at equal revisions.
  void observe(Member& member);
  // One vote per term, under one admission.
  void voted(const raft::Head& by, NodeId candidate);
  // A definition was granted. The last time at which a disc node could be seen alive.
  void granted(std::size_t thing, bool removal, const Member& by, Micros disc_seen_at);
  void disc_was_needed(const Member& by, Micros disc_seen_at);
  // Somebody was asked to remove it: its queues may go, now or later.
  void leaves(NodeId node) { leaving_.insert(node); }

  // ---- when everything is over ----

  // Requires: all live nodes have the same catalog.
  void definitions_stand(const Member& any);
  void messages_stand();

  std::vector<Thing>& things() { return things_; }
  std::vector<Publish>& publishes() { return publishes_; }
  // Things that stand in the catalog of a node.
  static bool holds(const broker::Catalog& catalog, const Thing& thing);

  std::map<std::string, long> counts;

 private:
  bool given_up(std::uint64_t lineage, const node::Lineage& last) const;

  Scene& scene_;
  std::vector<Thing> things_;
  std::vector<Publish> publishes_;
  std::set<NodeId> leaving_;
  std::set<std::size_t> lost_queues_;  // with definitions that were rightly lost
  std::map<std::pair<std::uint64_t, raft::Term>, std::pair<NodeId, std::uint64_t>> leaders_;
  std::map<std::tuple<std::uint64_t, raft::Term, NodeId, raft::Admission>, NodeId> votes_;
  struct Seen {
    std::string whole;
    std::string by;
    bool alone = false;  // nobody else can have seen it yet
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, Seen> catalogs_;  // by log and revision
};

}  // namespace warren::sim::cluster
