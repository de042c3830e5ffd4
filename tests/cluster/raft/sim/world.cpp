#include "tests/cluster/raft/sim/world.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace warren::raft::sim {
namespace {

constexpr std::uint64_t kLineage = 7;
constexpr std::size_t kSpareNodes = 2;

}  // namespace

World::World(std::uint64_t seed) : rng_(seed) {
  settings_.heartbeat_ms = 50;
  settings_.election_ms = 300;
  settings_.ram_delay_ms = 200;
  settings_.witness_delay_ms = 400;
  settings_.snapshot_entries = 5 + rng_.below(60);
  settings_.kept_entries = rng_.below(20);
  padding_ = rng_.one_in(40) ? 600'000 : 0;
  loss_percent_ = static_cast<unsigned>(rng_.below(20));
  repeat_percent_ = static_cast<unsigned>(rng_.below(10));
  delay_max_ms_ = 1 + static_cast<Instant>(rng_.below(80));
  write_max_ms_ = 1 + static_cast<Instant>(rng_.below(60));
  fault_every_ms_ = 200 + static_cast<Instant>(rng_.below(3000));
  found();
}

void World::found() {
  const std::size_t founders = 1 + rng_.below(7);
  std::vector<Member> members;
  for (std::size_t i = 0; i < founders + kSpareNodes; ++i) {
    Node node;
    node.id = NodeId(static_cast<std::uint32_t>(i + 1));
    const std::uint64_t dice = rng_.below(10);
    node.kind = dice < 6 || (i == 0 && dice < 9) ? Kind::disc : dice < 9 ? Kind::ram : Kind::witness;
    node.clock_offset_ms = static_cast<Instant>(rng_.below(100'000));
    if (i < founders) members.push_back({node.id, node.kind, true, 1000 + i});
    nodes_.push_back(std::move(node));
  }
  const Configuration configuration(members);
  for (std::size_t i = 0; i < founders; ++i) {
    Node& node = nodes_[i];
    node.disk.state = founding_state(configuration, node.id, node.boot);
    node.disk.snapshot = founding_snapshot(configuration);
    start(i);
    if (node.kind != Kind::disc) node.disk.snapshot = {};
  }
  tell_who_lives();
}

Outcome World::run() {
  later(static_cast<Instant>(rng_.below(2000)), Fault{});
  later(100, Work{});
  run_until(now_ + 8'000 + static_cast<Instant>(rng_.below(12'000)));
  if (judge_.verdict().empty()) conclude();
  outcome_.verdict = judge_.verdict();
  outcome_.definitions = judge_.definitions_accepted();
  outcome_.committed = judge_.committed();
  return outcome_;
}

void World::run_until(Instant end) {
  while (!agenda_.empty() && agenda_.begin()->first <= end && judge_.verdict().empty()) {
    auto first = agenda_.extract(agenda_.begin());
    now_ = std::max(now_, first.key());
    std::visit([this](auto& what) { happen(what); }, first.mapped());
  }
  now_ = std::max(now_, end);
}

void World::happen(Deliver& what) {
  Node& node = nodes_[what.to];
  if (!node.up || cuts_[{index_of(what.from), what.to}]) return;
  if (node.frozen_until > now_) return later(node.frozen_until - now_, std::move(what));
  Receive receive;
  if (!decode(what.bytes, receive.message)) return judge_.accuse("a member does not understand another");
  step(what.to, std::move(receive));
}

void World::happen(Wake& what) {
  Node& node = nodes_[what.node];
  if (!node.up || clock_of(node) < node.wake_at) return;
  if (node.frozen_until > now_) return later(node.frozen_until - now_, what);
  step(what.node, Tick{});
}

void World::happen(Written& what) {
  Node& node = nodes_[what.node];
  if (!node.up || node.incarnation != what.incarnation || node.writing.empty()) return;
  if (node.frozen_until > now_) return later(node.frozen_until - now_, what);
  if (node.disk.state && rng_.one_in(4)) node.old_state = node.disk.state;
  node.disk.write(node.writing.front(), node.kind == Kind::disc);
  const std::uint64_t sequence = node.writing.front().sequence;
  node.writing.pop_front();
  step(what.node, Persisted{sequence});
}

void World::happen(Work&) {
  if (!calm_) later(10 + static_cast<Instant>(rng_.below(150)), Work{});
  const std::size_t index = any_node();
  if (!nodes_[index].up) return;
  if (chance(6)) return change_membership(index);
  // Most work goes to leaders.
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].leads() && chance(80)) propose(i);
  if (chance(10)) propose(index);
}

// ---- a step and what follows from it ----

void World::step(std::size_t index, Input input) {
  Node& node = nodes_[index];
  Effects effects;
  node.raft->step(std::move(input), clock_of(node), effects);
  carry_out(index, effects);
}

void World::carry_out(std::size_t index, Effects& effects) {
  Node& node = nodes_[index];
  for (Persist& persist : effects.persists) {
    node.writing.push_back(std::move(persist));
    later(calm_ ? 1 : static_cast<Instant>(rng_.below(static_cast<std::uint64_t>(write_max_ms_))),
          Written{index, node.incarnation});
  }
  for (const Letter& letter : effects.letters) transmit(index, letter);
  for (const Event& event : effects.events) notice(index, event);
  for (const Answer& what : effects.answers) answer(index, what);
  for (ForMachine& effect : effects.for_machine) drive(index, effect);
  if (effects.wake_at != node.wake_at) {
    node.wake_at = effects.wake_at;
    if (node.wake_at != kNever) later(std::max<Instant>(0, node.wake_at - clock_of(node)), Wake{index});
  }
  const bool wanted = std::any_of(effects.events.begin(), effects.events.end(),
                                  [](const Event& event) { return std::holds_alternative<SnapshotWanted>(event); });
  if (wanted) step(index, SnapshotTaken{node.chain.index, node.chain.save(padding_)});
  if (node.up && !calm_ && rng_.one_in(20'000)) crash(index, false);
}

void World::transmit(std::size_t from, const Letter& letter) {
  const std::size_t to = index_of(letter.to);
  if (to >= nodes_.size()) return judge_.accuse("a letter to nobody");
  if (!calm_) ambush(from, letter.message);
  const int copies = calm_ ? 1 : (chance(loss_percent_) ? 0 : 1) + (chance(repeat_percent_) ? 1 : 0);
  for (int i = 0; i < copies; ++i) {
    const Instant delay = calm_ ? 1 : static_cast<Instant>(rng_.below(static_cast<std::uint64_t>(delay_max_ms_)));
    later(delay, Deliver{to, nodes_[from].id, encode(letter.message)});
  }
}

void World::answer(std::size_t index, const Answer& answer) {
  const auto* accepted = std::get_if<Accepted>(&answer);
  if (accepted == nullptr) return;
  if (changes_.contains(accepted->ticket)) {
    tell(fmt::format("{} answers that the change at {} is committed", nodes_[index].id.value, accepted->index));
    tell_state(index);
  }
  judge_.accepted(accepted->ticket, accepted->index, nodes_[index], nodes_);
}

void World::tell(std::string_view what) { outcome_.story.push_back(fmt::format("{:>6} {}", now_, what)); }

void World::tell_state(std::size_t index) {
  const Status status = nodes_[index].raft->status();
  std::string members;
  for (const Member& member : status.configuration.members())
    members += fmt::format(" {}{}{}/{}", member.id.value, "?drw"[static_cast<int>(member.kind)],
                           member.voter ? "" : "-learner", member.admission);
  tell(fmt::format("{} is {} in term {} leader {} commit {} last {}.{} admission {}{}; members{}",
                   nodes_[index].id.value, static_cast<int>(status.role), status.term, status.leader.value,
                   status.commit, status.last.term, status.last.index, status.admission,
                   status.admitted ? "" : " not admitted", members));
}

void World::notice(std::size_t index, const Event& event) {
  if (std::holds_alternative<RoleChanged>(event)) tell_state(index);
  if (const auto* role = std::get_if<RoleChanged>(&event); role != nullptr && role->role == Role::leader) {
    ++outcome_.counts["elections won"];
    judge_.leads(nodes_[index], role->term);
  }
  if (std::holds_alternative<ReadmissionWanted>(event)) ++outcome_.counts["readmissions asked for"];
}

void World::drive(std::size_t index, ForMachine& effect) {
  Node& node = nodes_[index];
  if (auto* install = std::get_if<Install>(&effect)) {
    node.chain.load(*install->snapshot.bytes);
    ++outcome_.counts["snapshots installed"];
    return judge_.installed(node);
  }
  const Entry& entry = std::get<Apply>(effect).entry;
  node.chain.apply(entry);
  judge_.applied(node, entry);
}

}  // namespace warren::raft::sim
