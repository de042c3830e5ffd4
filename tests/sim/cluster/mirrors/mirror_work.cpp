// The mix of mirrored queues: what operators want of copies, and how it ends.
#include <algorithm>
#include <array>

#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

constexpr Micros kQuiet = 500 * kMilli;
constexpr Micros kEqualMax = 15 * kSecond;
constexpr Micros kAnswerMax = 10 * kSecond;
constexpr Micros kWaitEach = 200 * kMilli;
constexpr int kMovesAtEnd = 12;
constexpr Micros kMoveEach = 60 * kMilli;
// Queues of guests whose names begin so have copies from the first message on; those of the others come and go.
constexpr std::string_view kAlways = "^m";
constexpr std::string_view kSometimes = "^g";

}  // namespace

void World::want_copies(Member& at, std::string_view pattern) {
  static constexpr std::array<std::string_view, 3> kModes{"all", "exactly", "nodes"};
  const std::uint64_t mode = rng_.below(kModes.size());
  broker::PolicyDefinition policy;
  policy.name = policy.pattern = std::string(pattern);
  policy.definition.set("ha-mode", kModes[mode]);
  if (mode == 1) policy.definition.set("ha-params", static_cast<std::int64_t>(2 + rng_.below(2)));
  if (mode == 2) {
    amqp::Array names;
    for (const auto& member : members_)
      if (rng_.one_in(2) || names.empty()) names.push_back(std::string_view(member->identity.name));
    policy.definition.set("ha-params", std::move(names));
  }
  policy.definition.set("ha-sync-mode", std::string_view(rng_.one_in(6) ? "manual" : "automatic"));
  scene_.tell("{} is asked for copies of {}: {}", at.identity.name, pattern, kModes[mode]);
  ++judge_.counts["wishes for copies"];
  feed(at, node::ChangeRequest{++requests_, "operator", broker::SetPolicy{"/", std::move(policy)}});
}

void World::mirror_work(Member& at) {
  if (plots_.one_in(16)) return drain_or_not(at, plots_.one_in(2));
  if (plots_.one_in(24)) return fill_disk(any());
  switch (rng_.below(6)) {
    case 0: return want_copies(at, kAlways);
    case 1:
    case 2: return want_copies(at, kSometimes);
    case 3: {
      scene_.tell("{} is asked for no more copies", at.identity.name);
      const broker::ClearPolicy clear{"/", broker::PolicyKind::user, std::string(kSometimes)};
      return feed(at, node::ChangeRequest{++requests_, "operator", clear});
    }
    default: return move_queue(at);
  }
}

void World::move_queue(Member& at) {
  const broker::Catalog& catalog = at.machine->catalog();
  const broker::VhostDefinition* home = catalog.find_vhost("/");
  const std::vector<Thing>& things = judge_.things();
  if (things.empty() || home == nullptr) return;
  const Thing& thing = things[rng_.below(things.size())];
  const broker::QueueDefinition* queue = thing.of_guest ? catalog.find_queue(home->id, thing.name) : nullptr;
  if (queue == nullptr || queue->in_sync.empty()) return;
  const NodeId to = queue->in_sync[rng_.below(queue->in_sync.size())];
  scene_.tell("{} is asked to move {} to node {}", at.identity.name, thing.name, to.value);
  ++judge_.counts["queues to be moved"];
  if (Member* owner = running(queue->owner); owner != nullptr && plots_.one_in(2))
    return hand_over(*owner, queue->ref.id, to);
  feed(at, node::ChangeRequest{++requests_, "operator", broker::TransferQueue{queue->ref.id, queue->ref.epoch, to}});
}

// As `warrenctl` has it moved: the owner lets what is under way come to its end.
void World::hand_over(Member& owner, QueueId queue, NodeId to) {
  manage::ShardQuestion question;
  question.subject = manage::Subject::moves;
  question.moves.push_back({queue, to});
  feed(owner, node::Inquiry{++requests_, std::move(question)});
}

// One node, or none any more.
void World::drain_or_not(Member& at, bool on) {
  const Place place = plots_.below(members_.size());
  std::vector<NodeId> nodes;
  at.machine->catalog().for_each_node([&](const broker::NodeDefinition& node) {
    if (on ? node.id == members_[place]->identity.self : node.draining) nodes.push_back(node.id);
  });
  for (const NodeId node : nodes) {
    scene_.tell("{} is asked {} node {}", at.identity.name, on ? "to drain" : "to revive", node.value);
    if (at.up()) feed(at, node::ChangeRequest{++requests_, "operator", broker::SetDraining{node, on}});
  }
}

// ---- the end ----

// Nothing fails, and queues go from node to node while guests use them.
void World::move_about() {
  for (int moves = 0; moves < kMovesAtEnd && !scene_.failed(); ++moves) {
    if (Member* at = any_up()) move_queue(*at);
    run_until(scene_.now + kMoveEach);
  }
}

// Nobody asks for anything; who has asked is answered; copies become equal. Then an owner is killed, and who follows it
// has what it had.
void World::conclude_mirrors() {
  want_all_in_sync();
  move_about();
  // What operators had asked before everything healed may have come true meanwhile.
  want_all_in_sync();
  for (const auto& guest : guests_) guest->rest();
  const auto waits = [&] {
    return std::ranges::any_of(guests_, [](const auto& guest) { return guest->connected() && guest->waits(); });
  };
  Micros until = scene_.now + kAnswerMax;
  while (waits() && scene_.now < until && !scene_.failed()) run_until(scene_.now + kWaitEach);
  if (waits() && !scene_.failed())
    return scene_.fail("who asks is answered", "{}", [&] {
      std::string text;
      for (const auto& guest : guests_) text += guest->whereabouts() + "; ";
      return text;
    }());
  if (!become_equal()) return;
  judge_.counts["mirrored to the end"] += 1;
  mirrors_.note_contents(leader()->machine->catalog());
  for (const auto& guest : guests_) mirrors_.expect_again(guest->kept(), leader()->machine->catalog());
  crash(*members_[rng_.below(members_.size())], CrashKind::process, random(2 * kSecond));
  std::string why;
  run_until(scene_.now + 2 * kQuiet);
  until = scene_.now + kEqualMax;
  while (!scene_.failed() && !settled(&why) && scene_.now < until) run_until(scene_.now + kWaitEach);
  if (!scene_.failed() && !settled(&why)) return scene_.fail("a killed node comes back", "{}", why);
  if (!become_equal()) return;
  mirrors_.contents_stand(leader()->machine->catalog());
  mirrors_.forgive(leader()->registrar()->lineage());
}

bool World::become_equal() {
  std::string why;
  run_until(scene_.now + kQuiet);
  const Micros until = scene_.now + kEqualMax;
  const auto equal = [&] { return leader() != nullptr && mirrors_.equal(leader()->machine->catalog(), &why); };
  while (!scene_.failed() && !equal() && scene_.now < until) run_until(scene_.now + kWaitEach);
  if (!scene_.failed() && !equal()) scene_.fail("copies become equal", "{}", why);
  return !scene_.failed();
}

// Copies that operators were to fill are filled.
void World::want_all_in_sync() {
  for (const std::string_view pattern : {kAlways, kSometimes}) {
    broker::PolicyDefinition policy;
    policy.name = policy.pattern = std::string(pattern);
    policy.definition.set("ha-mode", std::string_view("all"));
    policy.definition.set("ha-sync-mode", std::string_view("automatic"));
    Member* at = any_up();
    if (at != nullptr)
      feed(*at, node::ChangeRequest{++requests_, "operator", broker::SetPolicy{"/", std::move(policy)}});
  }
}

}  // namespace warren::sim::cluster
