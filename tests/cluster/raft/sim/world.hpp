// A group of members under one seed: a network that loses, repeats, reorders and cuts; disks that forget what was not
// synced; nodes that crash, reboot and freeze; members that come and go. Then everything heals, and things must finish.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/rng.hpp"
#include "tests/cluster/raft/sim/judge.hpp"
#include "tests/cluster/raft/sim/node.hpp"

namespace warren::raft::sim {

struct Outcome {
  std::string verdict;         // what was wrong; empty if nothing
  bool lost_majority = false;  // memory of too many was lost: nobody may be elected, and rightly so
  std::size_t definitions = 0;
  Index committed = 0;
  std::map<std::string, int> counts;  // of what happened
  std::vector<std::string> story;     // one line each
};

class World {
 public:
  explicit World(std::uint64_t seed);
  Outcome run();

 private:
  struct Deliver {
    std::size_t to;
    NodeId from;
    std::string bytes;
  };
  struct Wake {
    std::size_t node;
  };
  struct Written {
    std::size_t node;
    std::uint64_t incarnation;
  };
  struct Fault {};
  struct Work {};
  struct Betrayal {
    std::size_t leader;
    std::size_t laggard;
  };
  struct Ambush {
    std::size_t node;
    std::uint64_t incarnation;
  };
  using Happening = std::variant<Deliver, Wake, Written, Fault, Work, Betrayal, Ambush>;

  // world.cpp
  void found();
  void run_until(Instant end);
  void happen(Deliver& what);
  void happen(Wake& what);
  void happen(Written& what);
  void happen(Fault& what);
  void happen(Work& what);
  void later(Instant delay_ms, Happening what) { agenda_.emplace(now_ + delay_ms, std::move(what)); }
  void step(std::size_t index, Input input);
  void carry_out(std::size_t index, Effects& effects);
  void transmit(std::size_t from, const Letter& letter);
  void answer(std::size_t index, const Answer& answer);
  void notice(std::size_t index, const Event& event);
  void drive(std::size_t index, ForMachine& effect);

  // faults.cpp
  void start(std::size_t index);
  void crash(std::size_t index, bool reboot);
  void cut_at_random();
  void tell_who_lives();

  // schemes.cpp
  void isolate(std::size_t index);
  void conspire();
  void happen(Betrayal& what);
  void purge();
  void ambush(std::size_t index, const Message& message);
  void happen(Ambush& what);

  // conclusion.cpp
  void heal();
  void conclude();
  void finish_memberships();
  bool converged() const;
  bool somebody_may_be_elected() const;
  bool candidate_may_win(const Node& candidate) const;

  // work.cpp
  void propose(std::size_t index);
  void change_membership(std::size_t index);
  MembershipChange random_change(const Configuration& configuration);

  void tell(std::string_view what);
  void tell_state(std::size_t index);

  bool chance(unsigned percent) { return rng_.below(100) < percent; }
  std::size_t any_node() { return rng_.below(nodes_.size()); }
  Instant clock_of(const Node& node) const { return now_ + node.clock_offset_ms; }
  std::size_t index_of(NodeId id) const { return id.value - 1; }

  Rng rng_;
  Judge judge_;
  Settings settings_;
  std::vector<Node> nodes_;  // by identity, which begins with one
  std::multimap<Instant, Happening> agenda_;
  std::map<std::pair<std::size_t, std::size_t>, bool> cuts_;
  Instant now_ = 1000;
  std::uint64_t processes_ = 0;
  Ticket tickets_ = 0;
  std::set<Ticket> changes_;  // of membership
  bool calm_ = false;
  std::size_t padding_ = 0;
  unsigned loss_percent_ = 0;
  unsigned repeat_percent_ = 0;
  Instant delay_max_ms_ = 0;
  Instant write_max_ms_ = 0;
  Instant fault_every_ms_ = 0;
  Outcome outcome_;
};

}  // namespace warren::raft::sim
