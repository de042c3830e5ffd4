#include <fmt/core.h>

#include <algorithm>

#include "tests/cluster/raft/sim/world.hpp"

namespace warren::raft::sim {

void World::start(std::size_t index) {
  Node& node = nodes_[index];
  node.incarnation = ++processes_ + 5000;
  Start start;
  start.self = node.id;
  start.kind = node.kind;
  start.settings = settings_;
  start.lineage = 7;
  start.incarnation = node.incarnation;
  start.boot = node.boot;
  start.seed = rng_.next();
  start.state = node.disk.state;
  start.snapshot = node.disk.snapshot;
  for (const auto& [place, entry] : node.disk.entries) start.entries.push_back(entry);
  node.chain = {};
  node.born = node.up = true;
  node.wake_at = kNever;
  node.frozen_until = 0;
  node.writing.clear();
  node.raft.emplace(std::move(start), clock_of(node));
  node.disc_alive = false;
  tell_state(index);
  step(index, Tick{});
}

// Of what was being written, a part may have arrived. A reboot takes from a ram member's file what was not synced: any
// former content may be there.
void World::crash(std::size_t index, bool reboot) {
  Node& node = nodes_[index];
  if (!node.up) return;
  ++outcome_.counts[reboot ? "reboots" : "crashes"];
  tell_state(index);
  tell(fmt::format("{} {}", node.id.value, reboot ? "reboots" : "crashes"));
  const std::size_t arrived = rng_.below(node.writing.size() + 1);
  for (std::size_t i = 0; i < arrived; ++i) node.disk.write(node.writing[i], node.kind == Kind::disc);
  node.writing.clear();
  node.up = false;
  if (reboot) {
    ++node.boot;
    if (node.kind != Kind::disc && rng_.one_in(2)) node.disk.state = rng_.one_in(2) ? node.old_state : std::nullopt;
  }
}

void World::happen(Fault&) {
  if (calm_) return;
  later(1 + static_cast<Instant>(rng_.below(static_cast<std::uint64_t>(fault_every_ms_))), Fault{});
  const std::size_t index = any_node();
  Node& node = nodes_[index];
  switch (rng_.below(10)) {
    case 0:
    case 1: cut_at_random(); break;
    case 2: cuts_.clear(); break;
    case 3: crash(index, rng_.one_in(4)); break;
    case 4:
      // All at once, as when power fails.
      if (rng_.one_in(4))
        for (std::size_t i = 0; i < nodes_.size(); ++i) crash(i, rng_.one_in(3));
      break;
    case 5: node.frozen_until = now_ + static_cast<Instant>(rng_.below(2000)); break;
    case 6: conspire(); break;
    case 7:
      if (rng_.one_in(3)) purge();
      break;
    default: break;
  }
  // What is down comes back sooner or later.
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].born && !nodes_[i].up && rng_.one_in(3)) start(i);
  tell_who_lives();
  judge_.compare_logs(nodes_);
}

// In two halves, or one direction only.
void World::cut_at_random() {
  cuts_.clear();
  ++outcome_.counts["cuts"];
  if (rng_.one_in(3)) {
    cuts_[{any_node(), any_node()}] = true;
    return;
  }
  const std::uint64_t side = rng_.next();
  for (std::size_t from = 0; from < nodes_.size(); ++from)
    for (std::size_t to = 0; to < nodes_.size(); ++to)
      if ((side >> from & 1) != (side >> to & 1)) cuts_[{from, to}] = true;
}

// Nodes learn of it late, and not all at once.
void World::tell_who_lives() {
  const bool alive =
      std::any_of(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.up && node.kind == Kind::disc; });
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].up || nodes_[i].frozen_until > now_ || (!calm_ && rng_.one_in(3))) continue;
    nodes_[i].disc_alive = alive;
    step(i, DiscAlive{alive});
  }
}

}  // namespace warren::raft::sim
