// What operators do: define things, take them away, let nodes in and out. And the guests' turns.
#include <algorithm>
#include <utility>

#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

constexpr std::uint64_t kSessionShift = 48;

}  // namespace

void World::happen(Member&, Work&) {
  if (calm_) return;
  later(10 * kMilli + random(200 * kMilli), 0, Work{});
  Member* at = any_up();
  if (at == nullptr || at->frozen(scene_.now)) return;
  if (mix_ == Mix::mirrors && !rng_.one_in(4)) return mirror_work(*at);
  switch (rng_.below(8)) {
    case 0:
    case 1: return undefine(*at);
    case 2: return bind_something(*at);
    default: return define(*at);
  }
}

void World::ask(Member& at, broker::Command command, Asked asked) {
  if (!at.up()) return;
  asked.at = scene_.now;
  asked_.emplace(std::pair{at.place, ++requests_}, asked);
  feed(at, node::ChangeRequest{requests_, "operator", std::move(command)});
}

void World::define(Member& at) {
  const broker::Catalog& catalog = at.machine->catalog();
  const broker::VhostDefinition* home = catalog.find_vhost("/");
  Thing thing;
  thing.what = home == nullptr ? What::vhost : static_cast<What>(rng_.below(4));
  thing.name = fmt::format("t{}", ++names_);
  thing.made = Wish::sent;
  broker::Command command = broker::AddVhost{thing.name};
  if (thing.what == What::user) command = broker::PutUser{{thing.name, "hash", {}}};
  if (thing.what == What::exchange)
    command = broker::DeclareExchange{{{}, home->id, thing.name, "fanout", true, false, false, {}}};
  if (thing.what == What::queue) {
    broker::QueueDefinition queue;
    queue.vhost = home->id;
    queue.name = thing.name;
    queue.durable = !rng_.one_in(3);
    // Of a node that this one knows.
    std::vector<NodeId> nodes;
    catalog.for_each_node([&](const broker::NodeDefinition& node) {
      if (node.kind != broker::NodeKind::witness) nodes.push_back(node.id);
    });
    if (nodes.empty()) return;
    queue.owner = nodes[rng_.below(nodes.size())];
    thing.owner = queue.owner;
    thing.transient = !queue.durable;
    command = broker::DeclareQueue{std::move(queue)};
  }
  judge_.things().push_back(thing);
  ask(at, std::move(command), {.thing = judge_.things().size() - 1});
}

void World::undefine(Member& at) {
  std::vector<Thing>& things = judge_.things();
  if (things.empty()) return;
  const std::size_t number = rng_.below(things.size());
  Thing& thing = things[number];
  const broker::Catalog& catalog = at.machine->catalog();
  const broker::VhostDefinition* home = catalog.find_vhost("/");
  if (thing.of_guest || home == nullptr || thing.made != Wish::granted || thing.deleted != Wish::none) return;
  if (!Judge::holds(catalog, thing)) return;
  broker::Command command = broker::DeleteVhost{thing.name};
  if (thing.what == What::user) command = broker::DeleteUser{thing.name};
  if (thing.what == What::exchange) command = broker::DeleteExchange{home->id, thing.name};
  if (thing.what == What::queue) command = broker::DeleteQueue{catalog.find_queue(home->id, thing.name)->ref.id};
  thing.deleted = Wish::sent;
  ask(at, std::move(command), {.thing = number, .removal = true});
}

// Bindings have no names; that they are the same everywhere is seen in the catalogs.
void World::bind_something(Member& at) {
  const broker::VhostDefinition* home = at.machine->catalog().find_vhost("/");
  const std::vector<Thing>& things = judge_.things();
  if (home == nullptr || things.size() < 2) return;
  const Thing& source = things[rng_.below(things.size())];
  const Thing& destination = things[rng_.below(things.size())];
  if (source.what != What::exchange || destination.what != What::queue) return;
  const broker::Bind bind{home->id, source.name, broker::DestinationKind::queue, destination.name, "k", {}};
  ++requests_;
  feed(at, node::ChangeRequest{requests_, "operator",
                               rng_.one_in(4) ? broker::Command(broker::Unbind{bind}) : broker::Command(bind)});
}

// ---- who belongs to the cluster ----

void World::let_in(Member& at) {
  for (const auto& member : members_) {
    if (member->member || rng_.one_in(2)) continue;
    const bool under_way =
        std::ranges::any_of(asked_, [&](const auto& entry) { return entry.second.joiner == member->place; });
    if (under_way) continue;
    scene_.tell("{} is asked to let {} in", at.identity.name, member->identity.name);
    return ask(at, broker::AddNode{member->identity.name, member->identity.kind, "h", 1}, {.joiner = member->place});
  }
}

void World::joined(Member& at, Place joiner) {
  Member& member = *members_[joiner];
  const broker::NodeDefinition* node = at.machine->catalog().find_node(member.identity.name);
  if (member.member || node == nullptr || node->incarnation != 0) return;
  judge_.disc_was_needed(at, disc_seen_at_);
  ++judge_.counts["nodes joined"];
  member.member = true;
  member.identity.self = node->id;
  member.identity.lineage = lineage_;
  member.identity.contacts.clear();
  at.machine->catalog().for_each_node(
      [&](const broker::NodeDefinition& known) { member.identity.contacts.push_back(known); });
  member.disk_events = {};
  member.storage = std::make_unique<Storage>(scene_, member.disk_events, rng_.next(), storage_plan_, 1);
  later(random(500 * kMilli), joiner, Return{});
}

// First it is stopped, then another one is asked to forget it. A cluster keeps a disc node.
void World::let_go(Member& at) {
  for (const auto& member : members_) {
    if (!member->retired || member->up() || !member->member) continue;
    scene_.tell("{} is asked to remove {}", at.identity.name, member->identity.name);
    judge_.leaves(member->identity.self);
    return ask(at, broker::RemoveNode{member->identity.self}, {.leaver = member->identity.self});
  }
  Member& member = any();
  const auto others = std::ranges::count_if(members_, [&](const auto& other) {
    return other->member && other->disc() && !other->retired && other->place != member.place;
  });
  if (!member.up() || member.leaving || others == 0) return;
  member.retired = true;
  stop(member);
}

void World::left(NodeId node) {
  ++judge_.counts["nodes removed"];
  for (const auto& member : members_) {
    if (member->identity.self != node || member->up()) continue;
    // Somebody who does not know it starts it once more: it is still in the group, and has a vote there.
    if (ambush_each_ != 0 && whims_.one_in(3)) return start(*member);
    scene_.tell("{} is removed", member->identity.name);
    member->member = member->retired = false;
    member->identity.self = {};
  }
}

// ---- guests ----

void World::happen(Member&, GuestTurn& what) {
  later(5 * kMilli + random(calm_ ? 10 * kMilli : 60 * kMilli), 0, what);
  Guest& guest = *guests_[what.guest];
  if (!guest.connected()) {
    Member& home = any();
    if (!home.up() || home.frozen(scene_.now) || !home.serving || home.identity.kind == broker::NodeKind::witness)
      return;
    // One that was removed and is not told of it serves on, and nobody speaks with it.
    if (calm_ && leader() != nullptr && leader()->machine->catalog().node(home.identity.self) == nullptr) return;
    const SessionId session(std::uint64_t{0} << kSessionShift | ++home.sessions_given);
    guest.connect(home.place, session);
    feed(home, node::Accepted{session, {fmt::format("guest {}", what.guest), true}});
  }
  Member& home = *members_[guest.at()];
  if (!guest.connected() || home.frozen(scene_.now)) return;
  guest.act(home);
  if (!calm_ && rng_.one_in(60)) {
    const SessionId session = guest.session();
    guest.lost();
    return feed(home, node::Closed{session});
  }
  const std::string words = guest.take_words();
  if (!words.empty()) feed(home, node::Received{guest.session(), words});
}

}  // namespace warren::sim::cluster
