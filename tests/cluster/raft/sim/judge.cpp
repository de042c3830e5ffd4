#include "tests/cluster/raft/sim/judge.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace warren::raft::sim {

void Judge::accuse(std::string what) {
  if (verdict_.empty()) verdict_ = std::move(what);
}

void Judge::leads(const Node& node, Term term) {
  const auto [found, first] = leaders_.emplace(term, node.id);
  if (!first && found->second != node.id)
    accuse(fmt::format("election safety: {} and {} lead in term {}", found->second.value, node.id.value, term));
  const Log& log = node.raft->log();
  for (const auto& [index, entry] : committed_) {
    if (index <= log.base().index || known_in_.at(index) >= term) continue;
    if (index > log.last_index() || log.at(index) != entry)
      return accuse(fmt::format("leader completeness: {} leads in term {} without the committed entry {}",
                                node.id.value, term, index));
  }
}

void Judge::applied(const Node& node, const Entry& entry) {
  const Index index = entry.place.index;
  const auto [found, first] = committed_.emplace(index, entry);
  if (!first && found->second != entry)
    accuse(fmt::format("state machine safety: {} applies another entry at {}", node.id.value, index));
  known_in_.emplace(index, node.raft->status().term);
  const auto [sum, news] = sums_.emplace(index, node.chain.sum);
  if (!news && sum->second != node.chain.sum)
    accuse(fmt::format("state machine safety: {} comes to another state at {}", node.id.value, index));
}

void Judge::installed(const Node& node) {
  const auto sum = sums_.find(node.chain.index);
  if (sum == sums_.end() || sum->second != node.chain.sum)
    accuse(fmt::format("state machine safety: {} is given a wrong snapshot at {}", node.id.value, node.chain.index));
}

void Judge::compare_logs(const std::vector<Node>& nodes) {
  for (const Node& left : nodes) {
    for (const Node& right : nodes) {
      if (!left.up || !right.up || left.id >= right.id) continue;
      const Log& a = left.raft->log();
      const Log& b = right.raft->log();
      bool agreed = false;
      for (Index index = std::min(a.last_index(), b.last_index()); index > std::max(a.base().index, b.base().index);
           --index) {
        const bool same = a.at(index).place == b.at(index).place;
        agreed = agreed || same;
        if (agreed && (!same || a.at(index) != b.at(index)))
          return accuse(fmt::format("log matching: {} and {} differ at {} before a common entry", left.id.value,
                                    right.id.value, index));
      }
    }
  }
}

void Judge::accepted(Ticket ticket, Index index, const Node& by, const std::vector<Node>& nodes) {
  const Log& log = by.raft->log();
  if (index <= log.base().index && !committed_.contains(index)) return accuse("an answer for what was never applied");
  const Entry entry = index > log.base().index ? log.at(index) : committed_.at(index);
  if (forbidden_.contains(ticket))
    accuse(fmt::format("a definition was accepted at {} without a live disc member", entry.place.index));
  const auto [found, first] = committed_.emplace(entry.place.index, entry);
  known_in_.emplace(index, by.raft->status().term);
  if (!first && found->second != entry) accuse(fmt::format("entry {} was accepted and is another", entry.place.index));
  if (entry.of == EntryClass::topology) return;
  definitions_.push_back(entry);
  const auto holds = [&](const Node& node) { return node.kind == Kind::disc && node.disk.holds(entry); };
  if (std::none_of(nodes.begin(), nodes.end(), holds))
    accuse(fmt::format("definition {} was acknowledged before a disc held it", entry.place.index));
}

void Judge::definitions_survive(const std::vector<Node>& nodes) {
  for (const Entry& entry : definitions_) {
    const auto holds = [&](const Node& node) { return node.kind == Kind::disc && node.disk.holds(entry); };
    if (std::none_of(nodes.begin(), nodes.end(), holds))
      return accuse(fmt::format("definition {} was acknowledged and no disc holds it any more", entry.place.index));
  }
}

}  // namespace warren::raft::sim
