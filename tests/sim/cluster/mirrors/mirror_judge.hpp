// What is promised of queues with copies: who may own them, what they may lose, that copies are equal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/sim/cluster/judge.hpp"
#include "tests/sim/cluster/member.hpp"

namespace warren::sim::cluster {

// When it hurts most if somebody dies.
struct Moment {
  enum class What : std::uint8_t { published, confirmed, lacks, proposed, joined, reigned };
  What what = What::published;
  std::size_t thing = 0;
  NodeId node;  // the mirror that is being filled, is proposed for the set, or has joined it
  std::size_t publish = 0;
};

// Watches the queues of guests in the mix of mirrored queues.
class MirrorJudge {
 public:
  using Members = std::vector<std::unique_ptr<Member>>;

  // Requires: all of them outlive it.
  MirrorJudge(Scene& scene, Judge& judge, const Members& members) : scene_(scene), judge_(judge), members_(members) {}

  // ---- while it runs ----

  // After every step: one owner per reign; who holds what was confirmed.
  void observe(const Member& member);
  // Its process is about to end, and with the power what was not durable.
  void dies(const Member& member, bool power);
  // Is about to leave.
  void published(std::size_t publish, const Member& home);
  void confirmed(std::size_t publish, const Member& home);
  void got(std::size_t publish, const Member& home, bool redelivered);
  // Since the last call.
  std::vector<Moment> take_moments() { return std::exchange(moments_, {}); }
  // Owner and set of a queue, as agreed last.
  std::vector<NodeId> holders(std::size_t thing) const;
  // Of the copy there, in memory.
  std::size_t messages_at(std::size_t thing, NodeId node) const;

  // ---- when everything is over ----

  // Whether every queue whose holders run has an owner, its mirrors are in sync and have what it has.
  bool equal(const broker::Catalog& catalog, std::string* why) const;
  // What each owner has, to be found again at whoever follows it.
  void note_contents(const broker::Catalog& catalog);
  void contents_stand(const broker::Catalog& catalog);
  // Guests have these: whoever gets them next is told so. What an owner has delivered just before it lost its queue,
  // its heir may not have heard.
  void expect_again(const std::set<std::size_t>& publishes, const broker::Catalog& catalog);
  // Gets one of what is left, in order.
  void drained(std::size_t publish, bool redelivered);
  // Before Judge::messages_stand: what may be lost.
  void forgive(const node::Lineage& last);
  // What a node says of itself: that it could not offer all that it took.
  void hear(std::string_view line);
  // Who has this catalog is told to go on alone: what owners took that it has not heard of the operator gives up.
  void forgive_unknown(const broker::Catalog& catalog);
  // Whether the process that has confirmed it still runs.
  bool still_there(std::size_t number) const;

 private:
  // A process.
  using Holder = std::pair<NodeId, std::uint64_t>;
  struct Watched {
    Epoch epoch;
    std::uint64_t round = 0;
    std::vector<NodeId> nodes;  // owner and in_sync
    std::set<Holder> holders;   // those of them that have been there all the time
  };
  struct Reign {
    std::uint64_t lineage = 0;
    std::size_t thing = 0;
    Epoch epoch;
    auto operator<=>(const Reign&) const = default;
  };
  // A message by a guest.
  struct Got {
    Reign in;
    Holder by;  // the owner's process
    Micros at = 0;
    bool flagged = false;
  };

  // What a copy has that doubts some of it: that is to go, when it has the same from its owner.
  struct Doubter {
    std::uint64_t incarnation = 0;
    QueueRef queue;
    std::uint64_t round = 0;
    broker::Ranges has;
  };

  static const broker::QueueDefinition* find(const broker::Catalog& catalog, const Thing& thing);
  const Member* running(NodeId id) const;
  void follow(std::size_t thing, const broker::QueueDefinition& definition, const broker::Catalog& catalog);
  void forget_transient(std::size_t thing);
  void forgive_all(std::size_t thing);
  bool equal(const broker::QueueDefinition& queue, const std::string& name, std::string* why) const;
  // Whether it has some of them in that reign.
  bool is_at_owner(const broker::QueueDefinition& queue, QueueRef reign, const broker::Ranges& some) const;
  void see_copy(std::size_t thing, const Member& member, const broker::QueueDefinition& queue);
  void see_followers(std::size_t thing, const node::QueueHost& host, QueueRef queue);

  Scene& scene_;
  Judge& judge_;
  const Members& members_;
  std::uint64_t lineage_ = 0;  // of the catalog that goes farthest
  Revision revision_;
  std::map<std::size_t, Watched> watched_;  // by thing
  std::map<Reign, Holder> owners_;
  std::map<QueueRef, NodeId> owner_of_reign_;
  std::map<std::size_t, Got> got_in_;               // by publish: the last time
  std::set<Holder> forgetful_;                      // processes that lost power
  std::map<std::size_t, std::uint64_t> confirmed_;  // publish, in which log
  std::map<std::size_t, std::uint64_t> published_in_;
  std::set<std::string, std::less<>> offered_late_;  // queues that got something of a given-up log since contents_
  std::set<std::string, std::less<>> left_out_;      // queues of which something was not offered, and that was told
  std::set<std::size_t> offered_;                    // publishes that were confirmed by a log that was given up
  std::set<std::size_t> late_;                       // publishes that such a log took: they were published anew
  std::map<std::size_t, Holder> confirmed_by_;       // the process that owned the queue
  std::map<std::size_t, broker::Ranges> contents_;   // by thing
  std::map<std::pair<Place, std::size_t>, Doubter> doubters_;
  std::set<std::size_t> again_;
  std::vector<Moment> moments_;
  std::set<std::tuple<QueueRef, NodeId, std::uint64_t>> lacking_;  // with the talk
  std::set<std::tuple<QueueRef, NodeId, std::uint64_t>> proposed_;
  std::map<std::pair<std::size_t, std::uint64_t>, std::size_t> last_drained_;  // by queue and sender
};

}  // namespace warren::sim::cluster
