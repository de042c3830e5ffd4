// A cluster under one seed: two to seven nodes of one shard each, disc, ram and witness, their disks, the network
// between them, operators who define things, guests who send messages. First faults at will, then a healed world.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/rng.hpp"
#include "tests/sim/cluster/guest.hpp"
#include "tests/sim/cluster/judge.hpp"
#include "tests/sim/cluster/mirrors/mirror_judge.hpp"
#include "tests/sim/cluster/mirrors/scheme.hpp"
#include "tests/sim/cluster/network.hpp"

namespace warren::sim::cluster {

// What is tried most.
enum class Mix : std::uint8_t { definitions, mirrors };

struct Outcome {
  std::vector<Violation> violations;
  std::string story;
  std::map<std::string, long> counts;
};

class World {
 public:
  World(std::uint64_t seed, Mix mix, bool with_story);
  // The same seed gives the same outcome, byte for byte.
  Outcome run();

 private:
  struct Control {
    Place from = 0;
    std::uint64_t to_process = 0;
    NodeId sender;
    std::string bytes;
  };
  struct MoveMail {
    Place from = 0;
  };
  struct Wake {};
  struct Return {};  // the node starts again
  struct Ending {};  // looks whether the node that stops may end
  struct Lost {      // the stream of mail with that place was given up here
    Place with = 0;
    NodeId node;
    std::uint64_t process = 0;
  };
  struct Fault {};
  struct Work {};
  struct GuestTurn {
    std::size_t guest = 0;
  };
  struct Strike {
    std::uint64_t process = 0;
    CrashKind kind = CrashKind::process;
    Micros down_for = 0;
  };
  struct Mend {};
  struct Look {};
  struct Blow {  // at the moment when it hurts
    CrashKind kind = CrashKind::process;
    Micros down_for = 0;
  };
  using Deed =
      std::variant<Control, MoveMail, Wake, Return, Ending, Lost, Fault, Work, GuestTurn, Strike, Mend, Look, Blow>;
  struct Happening {
    Place place = 0;
    Deed what;
  };
  struct Asked {  // of a node, by an operator
    std::size_t thing = 0;
    bool removal = false;
    std::optional<Place> joiner = {};  // AddNode was asked for
    NodeId leaver = {};                // RemoveNode was
    bool trial = false;                // whether a definition is granted after all is healed
    Micros at = 0;
  };

  // world.cpp: time, steps, effects
  void later(Micros delay, Place place, Deed what) {
    agenda_.emplace(scene_.now + delay, Happening{place, std::move(what)});
  }
  void run_until(Micros end);
  bool happen_next(Micros end);
  void happen_on_disk(Member& member);
  void feed(Member& member, node::ShardInput input);
  void step(Member& member, node::ShardInput input);
  void carry_out(Member& member, node::ShardEffects& effects);
  void carry_to_guests(Member& member, node::ShardEffects& effects);
  void answered(Member& member, const node::RequestAnswer& answer);
  void arm(Member& member, Instant at_ms);
  void see_disc_nodes();

  void happen(Member& member, Control& what);
  void happen(Member& member, MoveMail& what);
  void happen(Member& member, Wake& what);
  void happen(Member& member, Return& what);
  void happen(Member& member, Ending& what);
  void happen(Member& member, Lost& what);
  void happen(Member& member, Fault& what);
  void happen(Member& member, Work& what);
  void happen(Member& member, GuestTurn& what);
  void happen(Member& member, Strike& what);
  void happen(Member& member, Mend& what);
  void happen(Member& member, Look& what);
  void happen(Member& member, Blow& what);

  // traffic.cpp: between nodes
  void send_control(Member& from, NodeId to, std::string bytes);
  void send_mail(Member& from, node::NodePost& post);
  void move_mail(Member& from, Place to, Micros delay);
  void reset_mail(Member& member, NodeId with);
  void meet(Member& a, Member& b);
  bool acquainted(const Member& a, const Member& b) const;

  // faults.cpp
  void found();
  void start(Member& member);
  void crash(Member& member, CrashKind kind, Micros down_for);
  void stop(Member& member);
  void cut_something();
  void serve_off_and_on(Member& member);
  void one_fault(Member& member);

  // work.cpp
  void define(Member& at);
  void undefine(Member& at);
  void bind_something(Member& at);
  void let_in(Member& at);
  void let_go(Member& at);
  void ask(Member& at, broker::Command command, Asked asked);
  void joined(Member& at, Place joiner);
  void left(NodeId node);

  // ambush/
  void plot();
  bool springs(std::uint64_t rarer);
  void strike(Member& member, CrashKind kind, Micros within, Micros down_for);
  void silence(Member& member);
  void split_vote(Member& voter, const Member& candidate);
  void overhear(Member& from, Member& to, std::string_view bytes);
  void lie_in_wait(Member& member);
  void ambush_after_grant(Member& by);
  CrashKind random_kind_of_crash();
  void answer_all();

  // mirror_work.cpp
  void want_copies(Member& at, std::string_view pattern);
  void mirror_work(Member& at);
  void move_queue(Member& at);
  void hand_over(Member& owner, QueueId queue, NodeId to);
  void conclude_mirrors();
  void want_all_in_sync();
  bool become_equal();

  void drain_or_not(Member& at, bool on);
  void move_about();

  // ambush.cpp
  void plan_storage();
  void lie_in_wait();
  void strike(const Moment& moment);
  void strike_holders(const std::vector<NodeId>& holders);
  void strike_who_joins(const Moment& moment, const std::vector<NodeId>& holders);
  void hit(NodeId node, CrashKind kind, Micros in, Micros down_for);
  void part(NodeId owner, const std::vector<NodeId>& holders);
  void fill_disk(Member& member);

  // scheme.cpp
  void choose_scheme();
  void pursue(const Moment& moment);
  void set_snare(const Moment& moment);
  void weaken(Snare snare, const std::vector<NodeId>& holders);
  void tell_anew();
  void lose_power_everywhere();
  void leave_behind();
  void leave_alone_with_it();
  void give_up_snare();
  void split_in_two();

  // conclusion.cpp
  void conclude();
  void heal();
  bool settled(std::string* why) const;
  bool settle(std::string* why);
  bool go_alone();
  void tell_state();
  bool memory_lost() const;
  bool may_win(const Member& candidate) const;
  void try_definitions();
  void empty_queues();

  Member* running(NodeId id);
  Member& any() { return *members_[rng_.below(members_.size())]; }
  Member* any_up();
  const Member* leader() const;
  Now clock(const Member& member) const;
  Micros random(Micros bound) { return static_cast<Micros>(rng_.below(static_cast<std::uint64_t>(bound))); }

  Micros whim(Micros bound) { return static_cast<Micros>(whims_.below(static_cast<std::uint64_t>(bound) + 1)); }

  Rng rng_;
  Rng whims_;  // of what lies in wait
  Rng plots_;  // what befalls mirrored queues beside
  Mix mix_;
  bool with_story_;
  Scene scene_;
  Judge judge_;
  Network network_;
  std::vector<std::unique_ptr<Member>> members_;
  MirrorJudge mirrors_;
  std::vector<std::unique_ptr<Guest>> guests_;
  std::multimap<Micros, Happening> agenda_;
  std::map<std::pair<Place, node::RequestNumber>, Asked> asked_;
  node::RequestNumber requests_ = 0;
  std::uint64_t processes_ = 0;
  std::uint64_t lineage_ = 0;
  std::size_t names_ = 0;
  std::size_t trials_open_ = 0;
  std::uint64_t trials_refused_ = 0;
  Micros disc_seen_at_ = 0;
  Micros fault_every_ = 0;
  std::uint64_t ambush_each_ = 0;  // one moment in so many is used; zero: none
  node::GroupSettings group_;
  StoragePlan storage_plan_;
  node::ShardEffects effects_;
  std::set<Way> losing_;  // who is about to hear that its mail with whom is lost
  Micros next_strike_ = 0;
  std::uint64_t strikes_ = 0;  // one moment in so many, times what it is worth; zero: none
  Scheme scheme_ = Scheme::none;
  std::optional<Snare> snare_;
  bool calm_ = false;
};

}  // namespace warren::sim::cluster
