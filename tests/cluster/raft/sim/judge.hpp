// Watches a group from outside and says what must never happen. The names are those of the paper's figure 3.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/cluster/raft/sim/node.hpp"

namespace warren::raft::sim {

class Judge {
 public:
  // The first thing that was wrong; empty while nothing was.
  const std::string& verdict() const { return verdict_; }
  void accuse(std::string what);

  // Election safety, and leader completeness.
  void leads(const Node& node, Term term);
  // State machine safety.
  void applied(const Node& node, const Entry& entry);
  void installed(const Node& node);
  // Log matching.
  void compare_logs(const std::vector<Node>& nodes);

  void proposed_definition(Ticket ticket, const Node& at) {
    if (!at.disc_alive) forbidden_.insert(ticket);
  }
  void accepted(Ticket ticket, Index index, const Node& by, const std::vector<Node>& nodes);
  // Acknowledged definitions are still held by disc members, were all memory lost now.
  void definitions_survive(const std::vector<Node>& nodes);

  std::size_t definitions_accepted() const { return definitions_.size(); }
  Index committed() const { return committed_.empty() ? 0 : committed_.rbegin()->first; }

 private:
  std::string verdict_;
  std::map<Term, NodeId> leaders_;
  std::map<Index, Entry> committed_;     // as somebody applied them
  std::map<Index, Term> known_in_;       // the term of who did so first: it was committed then or before
  std::map<Index, std::uint64_t> sums_;  // of the driven machine after each of them
  std::set<Ticket> forbidden_;           // definitions proposed where no disc member was known to live
  std::vector<Entry> definitions_;       // acknowledged
};

}  // namespace warren::raft::sim
