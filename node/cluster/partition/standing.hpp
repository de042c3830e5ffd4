// What nodes whose sides may stay apart say to each other with every look.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "cluster/limits.hpp"
#include "cluster/raft/types.hpp"
#include "node/cluster/agreement.hpp"

namespace warren::node {

struct ToldAncestor {
  std::uint64_t id = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id);
  }
};

struct ToldNode {
  NodeId id;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id.value);
  }
};

struct Standing {
  std::uint64_t lineage = 0;  // of the log that it has
  std::vector<ToldAncestor> ancestors;
  std::string founder;
  std::uint64_t incarnation = 0;  // of its process
  bool settled = false;           // it has served with this log
  bool admitted = false;          // and has a vote there
  raft::Place last;               // how far its log goes
  std::uint64_t connections = 0;  // of clients
  std::vector<ToldNode> parted;   // from whom it is
  std::vector<ToldNode> unseen;   // whom it does not hear
  std::uint64_t stamp = 0;        // when this was said, by the sender's clock
  std::uint64_t echo = 0;         // the last stamp of the receiver's that it has heard

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.lineage);
    visit.records(2, self.ancestors, kAncestorsMax);
    visit.text(3, self.founder);
    visit.number(4, self.incarnation);
    visit.flag(5, self.settled);
    visit.flag(6, self.admitted);
    visit.record(7, self.last);
    visit.number(8, self.connections);
    visit.records(9, self.parted, limits::kMembersMax);
    visit.records(10, self.unseen, limits::kMembersMax);
    visit.number(11, self.stamp);
    visit.number(12, self.echo);
  }
};

// Of the sides that stay apart that with this log has won: close your clients, and follow it.
struct GiveIn {
  std::uint64_t lineage = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.lineage);
  }
};

void describe(const Lineage& lineage, Standing& standing);
Lineage lineage_of(const Standing& standing);
bool names(const std::vector<ToldNode>& nodes, NodeId node);

}  // namespace warren::node
