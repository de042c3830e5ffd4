#include "node/cluster/agreement.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "base/plant.hpp"
#include "base/records.hpp"
#include "base/tags.hpp"

namespace warren::node {
namespace {

std::string key_of(AgreementTag tag) { return std::string(1, static_cast<char>(tag)); }

std::string entry_key(raft::Index index) {
  std::string key = key_of(AgreementTag::entry);
  key.resize(1 + sizeof index);
  store_big(key.data() + 1, index);
  return key;
}

// The fields of an applied state on disk.
struct AppliedRecord {
  raft::Place place;
  std::string configuration;
  std::vector<LastTicket> tickets;
  std::vector<Acquaintance> parting;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.record(1, self.place);
    visit.text(2, self.configuration);
    visit.records(3, self.tickets, limits::kMembersMax * 2);
    visit.records(4, self.parting, PartingNodes::kMax);
  }
};

struct Ancestor {
  std::uint64_t id = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id);
  }
};

struct LineageRecord {
  std::uint64_t id = 0;
  std::vector<Ancestor> ancestors;
  std::string founder;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id);
    visit.records(2, self.ancestors, kAncestorsMax);
    visit.text(3, self.founder);
  }
};

bool read(std::string_view bytes, AppliedState& applied) {
  AppliedRecord record;
  if (!read_record(bytes, record) || !raft::decode(record.configuration, applied.configuration)) return false;
  applied.place = record.place;
  applied.tickets = std::move(record.tickets);
  applied.parting = std::move(record.parting);
  return true;
}

}  // namespace

Acquaintance acquaintance(const broker::NodeDefinition& node) {
  return {node.id, node.name, node.kind, node.host, node.cluster_port};
}

broker::NodeDefinition definition_of(const Acquaintance& node) {
  return {.id = node.id, .name = node.name, .kind = node.kind, .host = node.host, .cluster_port = node.cluster_port};
}

void PartingNodes::add(const broker::NodeDefinition& node) {
  if (nodes_.size() >= kMax) nodes_.erase(nodes_.begin());
  nodes_.push_back(acquaintance(node));
}

void PartingNodes::keep(const raft::Configuration& group) {
  std::erase_if(nodes_, [&](const Acquaintance& node) { return group.find(node.id) == nullptr; });
}

bool LastTickets::take(const Envelope& envelope) {
  if (planted(204)) return true;
  auto found = std::ranges::find(tickets_, envelope.proposer, &LastTicket::node);
  if (found == tickets_.end()) {
    // Bounded by the members there ever were at once; the oldest proposer has to be gone by then.
    if (tickets_.size() >= limits::kMembersMax * 2) tickets_.erase(tickets_.begin());
    found = tickets_.insert(tickets_.end(), {envelope.proposer, envelope.incarnation, 0, 0, {}});
  }
  if (found->former == envelope.incarnation) return false;
  if (found->incarnation != envelope.incarnation)
    *found = {envelope.proposer, envelope.incarnation, 0, found->incarnation, {}};
  if (taken(envelope.proposer, envelope.incarnation, envelope.ticket)) return false;
  if (planted(205)) found->ticket = envelope.ticket;
  std::vector<TakenTicket>& beyond = found->beyond;
  beyond.insert(std::ranges::upper_bound(beyond, envelope.ticket, {}, &TakenTicket::ticket), {envelope.ticket});
  if (envelope.open_from > found->ticket + 1) found->ticket = envelope.open_from - 1;
  if (beyond.size() > kBeyondMax) found->ticket = std::max(found->ticket, beyond.front().ticket);
  auto settled = beyond.begin();
  for (; settled != beyond.end() && settled->ticket <= found->ticket + 1; ++settled)
    found->ticket = std::max(found->ticket, settled->ticket);
  beyond.erase(beyond.begin(), settled);
  return true;
}

bool LastTickets::taken(NodeId node, std::uint64_t incarnation, Ticket ticket) const {
  const auto found = std::ranges::find(tickets_, node, &LastTicket::node);
  if (found == tickets_.end() || found->incarnation != incarnation) return false;
  return ticket <= found->ticket || std::ranges::binary_search(found->beyond, ticket, {}, &TakenTicket::ticket);
}

bool is_entry_key(std::string_view key) {
  return !key.empty() && static_cast<std::uint8_t>(key.front()) == static_cast<std::uint8_t>(AgreementTag::entry);
}

bool is_agreement_key(std::string_view key) {
  return !key.empty() && static_cast<std::uint8_t>(key.front()) >= static_cast<std::uint8_t>(AgreementTag::state);
}

Agreement read_agreement(const AgreementRecords& records, std::vector<std::string>& complaints) {
  Agreement agreement;
  if (const auto found = records.find(key_of(AgreementTag::state)); found != records.end()) {
    raft::HardState state;
    if (raft::decode(found->second, state))
      agreement.state = state;
    else
      complaints.emplace_back("the stored vote of this node is damaged");
  }
  if (const auto found = records.find(key_of(AgreementTag::applied)); found != records.end()) {
    AppliedState applied;
    if (read(found->second, applied))
      agreement.applied = std::move(applied);
    else
      complaints.emplace_back("the record of how far the definitions on disk go is damaged");
  }
  if (const auto found = records.find(key_of(AgreementTag::lineage)); found != records.end()) {
    LineageRecord record;
    if (read_record(found->second, record)) {
      agreement.lineage = Lineage{record.id, {}, std::move(record.founder)};
      for (const Ancestor& ancestor : record.ancestors) agreement.lineage->ancestors.push_back(ancestor.id);
    } else {
      complaints.emplace_back("the record of the group's lineage is damaged");
    }
  }
  raft::Index next = agreement.applied ? agreement.applied->place.index + 1 : 1;
  for (auto at = records.lower_bound(entry_key(next)); at != records.end(); ++at, ++next) {
    raft::Entry entry;
    if (at->first != entry_key(next) || !raft::decode(at->second, entry) || entry.place.index != next) break;
    agreement.entries.push_back(std::move(entry));
  }
  return agreement;
}

broker::DefinitionWrite state_write(const raft::HardState& state) {
  return {key_of(AgreementTag::state), raft::encode(state), false};
}

broker::DefinitionWrite entry_write(const raft::Entry& entry) {
  return {entry_key(entry.place.index), raft::encode(entry), false};
}

broker::DefinitionWrite entry_erase(raft::Index index) { return {entry_key(index), {}, true}; }

broker::DefinitionWrite applied_write(const AppliedState& applied) {
  return {
      key_of(AgreementTag::applied),
      write_record(AppliedRecord{applied.place, raft::encode(applied.configuration), applied.tickets, applied.parting}),
      false};
}

broker::DefinitionWrite lineage_write(const Lineage& lineage) {
  LineageRecord record{lineage.id, {}, lineage.founder};
  for (const std::uint64_t ancestor : lineage.ancestors) record.ancestors.push_back({ancestor});
  return {key_of(AgreementTag::lineage), write_record(record), false};
}

std::vector<broker::DefinitionWrite> forget_writes(raft::Index entries_from, raft::Index entries_to) {
  std::vector<broker::DefinitionWrite> writes{{key_of(AgreementTag::state), {}, true},
                                              {key_of(AgreementTag::applied), {}, true}};
  for (raft::Index index = entries_from; index <= entries_to; ++index) writes.push_back(entry_erase(index));
  return writes;
}

std::string encode(const Whole& whole) { return write_record(whole); }

bool decode(std::string_view bytes, Whole& whole) { return read_record(bytes, whole); }

}  // namespace warren::node
