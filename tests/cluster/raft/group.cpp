#include "tests/cluster/raft/group.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace warren::raft::testing {

Group::Group(const std::vector<Kind>& kinds) {
  std::vector<Member> members;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    members.push_back({NodeId(static_cast<std::uint32_t>(i + 1)), kinds[i], true, 100 + i});
  const Configuration configuration(members);
  for (const Member& member : members) {
    const int id = static_cast<int>(member.id.value);
    sim::Node& node = nodes_[id];
    node.id = member.id;
    node.kind = member.kind;
    node.disk.state = founding_state(configuration, member.id, node.boot);
    node.disk.snapshot = founding_snapshot(configuration);
    start(id);
    if (node.kind != Kind::disc) node.disk.snapshot = {};
  }
}

std::vector<std::string> Group::join(int id, Kind kind) {
  sim::Node& node = nodes_[id];
  node.id = NodeId(static_cast<std::uint32_t>(id));
  node.kind = kind;
  return start(id);
}

std::vector<std::string> Group::start(int id) {
  sim::Node& node = nodes_.at(id);
  Start start;
  start.self = node.id;
  start.kind = node.kind;
  start.settings = settings;
  start.incarnation = 1000 + ++processes_;
  start.boot = node.boot;
  start.seed = static_cast<std::uint64_t>(id);
  start.state = node.disk.state;
  start.snapshot = node.disk.snapshot;
  for (const auto& [index, entry] : node.disk.entries) start.entries.push_back(entry);
  node.up = true;
  node.raft.emplace(std::move(start), now_);
  applied_[id].clear();
  return step(id, Tick{});
}

void Group::crash(int id) {
  node(id).up = false;
  node(id).writing.clear();
}

void Group::reboot(int id) {
  crash(id);
  ++node(id).boot;
}

std::vector<std::string> Group::step(int id, Input input) {
  sim::Node& member = node(id);
  Effects effects;
  member.raft->step(std::move(input), now_, effects);
  std::vector<std::string> lines;
  for (const Event& event : effects.events) lines.push_back(fmt::format("{} {}", id, text_of(event)));
  for (Persist& persist : effects.persists) {
    lines.push_back(fmt::format("{} {}", id, text_of(persist)));
    member.writing.push_back(std::move(persist));
  }
  for (Letter& letter : effects.letters) {
    lines.push_back(fmt::format("{} to {}, {}", id, letter.to.value, text_of(letter.message)));
    flying_.push_back({member.id, letter.to, std::move(letter.message)});
  }
  for (const ForMachine& effect : effects.for_machine) {
    lines.push_back(fmt::format("{} {}", id, text_of(effect)));
    if (const auto* apply = std::get_if<Apply>(&effect);
        apply != nullptr && apply->entry.of > EntryClass::configuration)
      applied_[id].push_back(apply->entry.command);
  }
  for (const Answer& answer : effects.answers) {
    lines.push_back(fmt::format("{} {}", id, text_of(answer)));
    answers_[id].push_back(answer);
  }
  wake_at_[id] = effects.wake_at;
  return lines;
}

std::vector<std::string> Group::written(int id) {
  sim::Node& member = node(id);
  if (!member.up || member.writing.empty()) return {};
  for (const Persist& persist : member.writing) member.disk.write(persist, member.kind == Kind::disc);
  const std::uint64_t sequence = member.writing.back().sequence;
  member.writing.clear();
  return step(id, Persisted{sequence});
}

bool Group::flying(int from, int to) const {
  return std::any_of(flying_.begin(), flying_.end(), [&](const Flying& letter) {
    return static_cast<int>(letter.from.value) == from && static_cast<int>(letter.to.value) == to;
  });
}

std::vector<std::string> Group::deliver(int from, int to) {
  const auto found = std::find_if(flying_.begin(), flying_.end(), [&](const Flying& letter) {
    return static_cast<int>(letter.from.value) == from && static_cast<int>(letter.to.value) == to;
  });
  if (found == flying_.end()) return {};
  Message message = std::move(found->message);
  flying_.erase(found);
  if (!nodes_.contains(to) || !node(to).up || cut_[from] || cut_[to]) return {};
  return step(to, Receive{std::move(message)});
}

void Group::drop(int from, int to) {
  std::erase_if(flying_, [&](const Flying& letter) {
    return static_cast<int>(letter.from.value) == from && static_cast<int>(letter.to.value) == to;
  });
}

std::vector<std::string> Group::campaign(int id) {
  pass(5 * settings.election_ms);
  return step(id, Tick{});
}

void Group::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& [id, member] : nodes_) {
      moved = moved || (member.up && !member.writing.empty());
      written(id);
    }
    if (flying_.empty()) continue;
    moved = true;
    const Flying& next = flying_.front();
    deliver(static_cast<int>(next.from.value), static_cast<int>(next.to.value));
  }
}

bool Group::elect(int id) {
  campaign(id);
  settle();
  return status(id).role == Role::leader;
}

void Group::run(Instant ms) {
  for (const Instant end = now_ + ms; now_ < end; now_ += 10) {
    for (auto& [id, member] : nodes_)
      if (member.up && wake_at_[id] <= now_) step(id, Tick{});
    settle();
  }
}

void Group::disc_alive(bool alive) {
  for (auto& [id, member] : nodes_)
    if (member.up) step(id, DiscAlive{alive});
}

}  // namespace warren::raft::testing
