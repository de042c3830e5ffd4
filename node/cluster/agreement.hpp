// What a node keeps on disk of the agreement: the group's state, entries that are not applied, and how far the catalog
// beside them goes. Records of the catalog's table, apart from definitions by their tags (base/tags).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/catalog/definitions.hpp"
#include "broker/catalog/stored/catalog_image.hpp"
#include "cluster/limits.hpp"
#include "cluster/raft/wire/records.hpp"
#include "node/cluster/envelope.hpp"

namespace warren::node {

struct TakenTicket {
  Ticket ticket = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.ticket);
  }
};

// Which proposals of a node were applied: one that comes again changes nothing. They need not come in order, for what
// is sent may get lost and is sent again, behind what was made later.
struct LastTicket {
  NodeId node;
  std::uint64_t incarnation = 0;
  Ticket ticket = 0;                     // all up to it were, or come too late
  std::uint64_t former = 0;              // the process before: nothing of it counts any more
  std::vector<TakenTicket> beyond = {};  // of those behind it these; in order

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.node.value);
    visit.number(2, self.incarnation);
    visit.number(3, self.ticket);
    visit.number(4, self.former);
    visit.records(5, self.beyond, limits::kProposalsMax);
  }
};

class LastTickets {
 public:
  // Of one node, that came before another which is still on its way; beyond that it is given up.
  static constexpr std::size_t kBeyondMax = 4096;

  // Whether this proposal has not been applied before; notes it.
  bool take(const Envelope& envelope);
  bool taken(NodeId node, std::uint64_t incarnation, Ticket ticket) const;
  const std::vector<LastTicket>& all() const { return tickets_; }
  void restore(std::vector<LastTicket> tickets) { tickets_ = std::move(tickets); }

 private:
  std::vector<LastTicket> tickets_;  // one per node
};

// Who a node is and where it is found.
struct Acquaintance {
  NodeId id;
  std::string name;
  broker::NodeKind kind = broker::NodeKind::none;
  std::string host;
  std::uint16_t cluster_port = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id.value);
    visit.text(2, self.name);
    visit.choice(3, self.kind, broker::NodeKind::witness);
    visit.text(4, self.host);
    visit.number(5, self.cluster_port);
  }
};
Acquaintance acquaintance(const broker::NodeDefinition& node);
broker::NodeDefinition definition_of(const Acquaintance& node);

// Nodes that the catalog has lost and the group, maybe, has not yet. It may need the vote of one of them to part from
// it: so every member remembers where to find them, beyond its own end.
class PartingNodes {
 public:
  static constexpr std::size_t kMax = limits::kMembersMax * 2;

  void add(const broker::NodeDefinition& node);
  // These are the group from here on: what is decided about members is decided of members that the catalog has.
  void keep(const raft::Configuration& group);
  const std::vector<Acquaintance>& all() const { return nodes_; }
  void restore(std::vector<Acquaintance> nodes) { nodes_ = std::move(nodes); }

 private:
  std::vector<Acquaintance> nodes_;  // the latest last
};

// Up to where the catalog on this disk goes.
struct AppliedState {
  raft::Place place;
  raft::Configuration configuration;  // in force there
  std::vector<LastTicket> tickets;
  std::vector<Acquaintance> parting = {};
};

// The group's log, when it is not the one that the node was founded with or joined: a survivor went on alone. Those
// that stayed behind in an older one follow who has it among its ancestors.
struct Lineage {
  std::uint64_t id = 0;
  std::vector<std::uint64_t> ancestors;  // the youngest last; at most kAncestorsMax
  std::string founder = {};              // the name of the survivor
};
inline constexpr std::size_t kAncestorsMax = 64;

struct Agreement {
  std::optional<Lineage> lineage;
  std::optional<raft::HardState> state;
  std::optional<AppliedState> applied;  // none: this node has never applied anything
  std::vector<raft::Entry> entries;     // behind it, without a gap
};

// Records by their keys, as recovery found them.
using AgreementRecords = std::map<std::string, std::string, std::less<>>;

// Whether a key of the catalog's table belongs to the agreement.
bool is_agreement_key(std::string_view key);
bool is_entry_key(std::string_view key);
// What makes no sense adds a sentence and is left out.
Agreement read_agreement(const AgreementRecords& records, std::vector<std::string>& complaints);

broker::DefinitionWrite state_write(const raft::HardState& state);
broker::DefinitionWrite entry_write(const raft::Entry& entry);
broker::DefinitionWrite entry_erase(raft::Index index);
broker::DefinitionWrite applied_write(const AppliedState& applied);
broker::DefinitionWrite lineage_write(const Lineage& lineage);
// Those of another log: it is forgotten.
std::vector<broker::DefinitionWrite> forget_writes(raft::Index entries_from, raft::Index entries_to);

// The whole state of what the group drives, as members send it to each other.
struct Whole {
  std::vector<LastTicket> tickets;
  std::string catalog;  // broker::catalog_snapshot
  std::vector<Acquaintance> parting = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.tickets, limits::kMembersMax * 2);
    visit.text(2, self.catalog);
    visit.records(3, self.parting, PartingNodes::kMax);
  }
};
std::string encode(const Whole& whole);
bool decode(std::string_view bytes, Whole& whole);

}  // namespace warren::node
