#include "tests/sim/cluster/mirrors/mirror_judge.hpp"

#include <algorithm>

namespace warren::sim::cluster {
namespace {

std::string tell(const broker::Ranges& ranges) {
  std::string text;
  for (const broker::Range& range : ranges.all())
    text += fmt::format(" {:x}..{:x}", std::uint64_t{range.first}, std::uint64_t{range.last});
  return text.empty() ? " nothing" : text;
}

std::string tell(const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += fmt::format(" {}", node.value);
  return text;
}

}  // namespace

const broker::QueueDefinition* MirrorJudge::find(const broker::Catalog& catalog, const Thing& thing) {
  const broker::VhostDefinition* home = catalog.find_vhost("/");
  return home == nullptr ? nullptr : catalog.find_queue(home->id, thing.name);
}

const Member* MirrorJudge::running(NodeId id) const {
  for (const auto& member : members_)
    if (member->up() && member->identity.self == id) return member.get();
  return nullptr;
}

void MirrorJudge::observe(const Member& member) {
  const node::Registrar* registrar = member.registrar();
  if (registrar == nullptr || registrar->status().applied == 0 || scene_.failed()) return;
  const broker::Catalog& catalog = member.machine->catalog();
  const node::Lineage& lineage = registrar->lineage();
  const bool younger = std::ranges::find(lineage.ancestors, lineage_) != lineage.ancestors.end();
  const bool news = lineage_ == 0 || younger || (lineage.id == lineage_ && catalog.revision() > revision_);
  if (news) lineage_ = lineage.id, revision_ = catalog.revision();
  for (std::size_t number = 0; number < judge_.things().size(); ++number) {
    const Thing& thing = judge_.things()[number];
    if (!thing.of_guest) continue;
    const broker::QueueDefinition* queue = find(catalog, thing);
    if (queue == nullptr) continue;
    if (news) follow(number, *queue, catalog);
    if (!member.machine->host().has(queue->ref.id) || queue->owner != member.identity.self) continue;
    const Holder self{member.identity.self, member.identity.incarnation};
    const auto [owner, first] = owners_.emplace(Reign{lineage.id, number, queue->ref.epoch}, self);
    // A queue that was never mirrored keeps its first reign over restarts.
    if (owner->second.first != self.first)
      scene_.fail("one owner per reign", "{} is owned by nodes {} and {} in reign {}", thing.name,
                  owner->second.first.value, self.first.value, queue->ref.epoch.value);
  }
}

void MirrorJudge::follow(std::size_t number, const broker::QueueDefinition& definition,
                         const broker::Catalog& catalog) {
  Watched& watched = watched_[number];
  if (watched.epoch == definition.ref.epoch && watched.round == definition.mirror_round && !watched.nodes.empty())
    return;
  std::vector<NodeId> nodes{definition.owner};
  nodes.insert(nodes.end(), definition.in_sync.begin(), definition.in_sync.end());
  scene_.tell("{} in reign {} round {}: held by{}, mirrors{}", judge_.things()[number].name, definition.ref.epoch.value,
              definition.mirror_round, tell(nodes), tell(definition.mirrors));
  // The owner was removed, and nobody had everything.
  const bool removed = !watched.nodes.empty() && catalog.node(watched.nodes.front()) == nullptr;
  if (removed && !among(watched.nodes, definition.owner)) forgive_all(number);
  std::erase_if(watched.holders, [&](const Holder& holder) { return !among(nodes, holder.first); });
  if (watched.holders.empty()) forget_transient(number);
  const bool another_reign = watched.epoch != definition.ref.epoch;
  for (const NodeId node : nodes) {
    const Member* member = running(node);
    const bool fresh = !among(watched.nodes, node) || (another_reign && node == definition.owner);
    if (member != nullptr && fresh) watched.holders.emplace(node, member->identity.incarnation);
  }
  watched.epoch = definition.ref.epoch;
  watched.round = definition.mirror_round;
  watched.nodes = std::move(nodes);
  judge_.things()[number].owner = definition.owner;
}

void MirrorJudge::dies(const Member& member) {
  for (auto& [thing, watched] : watched_) {
    watched.holders.erase({member.identity.self, member.identity.incarnation});
    if (watched.holders.empty()) forget_transient(thing);
  }
}

void MirrorJudge::forget_transient(std::size_t thing) {
  for (Publish& publish : judge_.publishes())
    if (publish.queue == thing && publish.transient) publish.forgiven = true;
}

void MirrorJudge::forgive_all(std::size_t thing) {
  for (Publish& publish : judge_.publishes())
    if (publish.queue == thing) publish.forgiven = true;
}

// ---- messages ----

void MirrorJudge::published(std::size_t number, const Member& home) {
  Publish& publish = judge_.publishes()[number];
  if (const auto* queue = find(home.machine->catalog(), judge_.things()[publish.queue]))
    publish.epoch = queue->ref.epoch;
}

void MirrorJudge::confirmed(std::size_t publish, const Member& home) {
  confirmed_[publish] = home.registrar()->lineage().id;
}

void MirrorJudge::got(std::size_t number, const Member& home, bool redelivered) {
  const Publish& publish = judge_.publishes()[number];
  const broker::QueueDefinition* queue = find(home.machine->catalog(), judge_.things()[publish.queue]);
  if (queue == nullptr) return;
  const Reign reign{home.registrar()->lineage().id, publish.queue, queue->ref.epoch};
  const auto [before, first] = got_in_.emplace(number, reign);
  if (!first && before->second == reign && !redelivered)
    scene_.fail("what comes again says so", "message {} of {} came twice in reign {}", number,
                judge_.things()[publish.queue].name, reign.epoch.value);
  before->second = reign;
}

void MirrorJudge::drained(std::size_t number, bool redelivered) {
  const Publish& publish = judge_.publishes()[number];
  const std::string& name = judge_.things()[publish.queue].name;
  if (publish.seen) scene_.fail("a message is there once", "message {} of {} comes again", number, name);
  if (again_.contains(number) && !redelivered)
    scene_.fail("what was delivered comes back flagged", "message {} of {} is not", number, name);
  std::size_t& last = last_drained_[{publish.queue, publish.epoch, publish.sender}];
  if (last > number) scene_.fail("publishers keep their order", "{} has {} before {}", name, last, number);
  last = number;
}

void MirrorJudge::forgive(const node::Lineage& last) {
  for (const auto& [number, lineage] : confirmed_) {
    Publish& publish = judge_.publishes()[number];
    const bool given_up = lineage != last.id && std::ranges::find(last.ancestors, lineage) == last.ancestors.end();
    if (given_up || (publish.transient && lineage != last.id)) publish.forgiven = true;
  }
}

// ---- copies ----

bool MirrorJudge::equal(const broker::Catalog& catalog, std::string* why) const {
  for (const Thing& thing : judge_.things()) {
    const broker::QueueDefinition* queue = thing.of_guest ? find(catalog, thing) : nullptr;
    if (queue != nullptr && !equal(*queue, thing.name, why)) return false;
  }
  return true;
}

bool MirrorJudge::equal(const broker::QueueDefinition& queue, const std::string& name, std::string* why) const {
  const QueueId id = queue.ref.id;
  const Member* owner = running(queue.owner);
  // Its node was removed and never heard of it, or is another one's.
  if (owner == nullptr) return *why = fmt::format("{} has no owner", name), !queue.in_sync.empty() ? false : true;
  if (!owner->machine->host().has(id)) return *why = fmt::format("{} is not at its owner", name), false;
  const broker::Ranges has = owner->machine->host().live(id);
  for (const NodeId node : queue.mirrors) {
    const Member* mirror = running(node);
    if (mirror == nullptr) return *why = fmt::format("{} has a mirror that does not run", name), false;
    if (!among(queue.in_sync, node)) return *why = fmt::format("{} is not in sync at {}", name, node.value), false;
    if (!mirror->machine->host().has_copy(id))
      return *why = fmt::format("{} has no copy of {}", node.value, name), false;
    const broker::Ranges copied = mirror->machine->host().copy(id).live();
    if (copied.all() == has.all()) continue;
    *why = fmt::format("{} has{} at node {} and{} at node {}", name, tell(has), queue.owner.value, tell(copied),
                       node.value);
    return false;
  }
  return true;
}

void MirrorJudge::note_contents(const broker::Catalog& catalog) {
  for (std::size_t number = 0; number < judge_.things().size(); ++number) {
    const Thing& thing = judge_.things()[number];
    const broker::QueueDefinition* queue = thing.of_guest ? find(catalog, thing) : nullptr;
    const Member* owner = queue == nullptr ? nullptr : running(queue->owner);
    if (owner != nullptr && !queue->in_sync.empty()) contents_[number] = owner->machine->host().live(queue->ref.id);
  }
}

void MirrorJudge::contents_stand(const broker::Catalog& catalog) {
  for (const auto& [number, before] : contents_) {
    const Thing& thing = judge_.things()[number];
    const broker::QueueDefinition* queue = find(catalog, thing);
    const Member* owner = queue == nullptr ? nullptr : running(queue->owner);
    if (owner == nullptr || !owner->machine->host().has(queue->ref.id))
      return scene_.fail("a copy takes over", "{} is nowhere", thing.name);
    const broker::Ranges now = owner->machine->host().live(queue->ref.id);
    if (now.all() != before.all())
      return scene_.fail("a copy takes over", "{} had{} and has{}", thing.name, tell(before), tell(now));
  }
}

}  // namespace warren::sim::cluster
