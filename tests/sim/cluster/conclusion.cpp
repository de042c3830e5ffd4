// The healed half: everything must finish, and all that was promised must be there.
#include <algorithm>

#include "broker/catalog/stored/catalog_snapshot.hpp"
#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

// What was about to be noticed when everything healed is noticed after that.
constexpr Micros kNoticedAfter = 800 * kMilli;
constexpr Micros kSettleMax = 40 * kSecond;
constexpr Micros kGrantMax = 2 * kSecond;
constexpr Micros kDrainMax = 60 * kSecond;
constexpr Micros kConclusionLook = 200 * kMilli;
constexpr Micros kQuickDisk = 30 * kMilli;

}  // namespace

void World::conclude() {
  heal();
  run_until(scene_.now + kNoticedAfter);
  std::string why;
  if (!settle(&why)) {
    if (scene_.failed()) return;
    tell_state();
    if (!memory_lost()) return scene_.fail("all become equal", "{}", why);
    ++judge_.counts["memory lost for good"];
    if (!go_alone()) return;
    if (!settle(&why))
      return scene_.failed() ? void() : scene_.fail("one that goes on alone brings all back", "{}", why);
  }
  try_definitions();
  if (!scene_.failed()) answer_all();
  if (scene_.failed()) return;
  if (mix_ == Mix::mirrors) drain_or_not(*running(leader()->identity.self), false);
  if (!settled(&why)) run_until(scene_.now + kSecond);
  if (!settled(&why)) return scene_.fail("all stay equal", "{}", why);
  judge_.definitions_stand(*leader());
  if (!scene_.failed() && mix_ == Mix::mirrors) conclude_mirrors();
  if (!scene_.failed()) empty_queues();
  if (!scene_.failed()) judge_.messages_stand();
}

void World::heal() {
  scene_.tell("---- everything heals");
  calm_ = true;
  network_.calm();
  DiskSettings quick = storage_plan_.disk;
  quick.latency_max = std::min(quick.latency_max, kQuickDisk);
  for (const auto& member : members_) {
    member->retired = false;
    if (member->storage != nullptr) member->storage->disk().set(quick);
    if (member->up() && member->leaving) continue;
    if (!member->up()) start(*member);
    if (member->up() && !member->registrar()->serves()) feed(*member, node::Serve{true});
  }
}

bool World::settle(std::string* why) {
  const Micros until = scene_.now + kSettleMax;
  while (scene_.now < until && !scene_.failed() && !settled(why)) {
    if (mix_ == Mix::mirrors && leader() != nullptr) drain_or_not(*running(leader()->identity.self), false);
    run_until(scene_.now + kConclusionLook);
  }
  return !scene_.failed() && settled(why);
}

// An operator says that memory is lost for good. The disc node whose log goes furthest has all that was granted.
bool World::go_alone() {
  Member* best = nullptr;
  const auto older = [](const Member& one, const Member& other) {
    const auto& ancestors = other.registrar()->lineage().ancestors;
    if (std::ranges::find(ancestors, one.registrar()->lineage().id) != ancestors.end()) return true;
    return one.registrar()->lineage().id == other.registrar()->lineage().id &&
           one.registrar()->status().last < other.registrar()->status().last;
  };
  for (const auto& member : members_) {
    if (!member->up() || !member->disc() || member->machine->catalog().node(member->identity.self) == nullptr) continue;
    if (best == nullptr || older(*best, *member)) best = member.get();
  }
  if (best == nullptr) return false;
  ++judge_.counts["nodes told to go on alone"];
  scene_.tell("{} is told to go on alone", best->identity.name);
  if (mix_ == Mix::mirrors) mirrors_.forgive_unknown(best->machine->catalog());
  feed(*best, node::GoAlone{});
  return true;
}

const Member* World::leader() const {
  const Member* best = nullptr;
  for (const auto& member : members_)
    if (member->leads() && (best == nullptr || member->registrar()->status().term > best->registrar()->status().term))
      best = member.get();
  return best;
}

// All that belong to the cluster run, agree and know it.
bool World::settled(std::string* why) const {
  const Member* first = leader();
  if (first == nullptr) return *why = "nobody leads", false;
  const broker::Catalog& catalog = first->machine->catalog();
  const std::string bytes = broker::catalog_snapshot(catalog);
  bool well = true;
  catalog.for_each_node([&](const broker::NodeDefinition& node) {
    const auto found =
        std::ranges::find_if(members_, [&](const auto& member) { return member->identity.self == node.id; });
    // One that was let in and never heard of it does not exist.
    if (found == members_.end()) return;
    const Member& member = **found;
    if (!member.up() || member.leaving || member.frozen(scene_.now)) {
      *why = fmt::format("{} is not back yet", member.identity.name);
      well = false;
      return;
    }
    const raft::Member* voter = first->registrar()->status().configuration.find(node.id);
    const auto missing = [&](std::string_view what) {
      well = false;
      *why = fmt::format("{} {} for {}", member.identity.name, what, first->identity.name);
    };
    if (member.registrar()->lineage().id != first->registrar()->lineage().id) return missing("follows another log");
    if (voter == nullptr || !voter->voter) return missing("has no vote");
    if (!node.running || node.incarnation != member.identity.incarnation) return missing("does not count as running");
    if (broker::catalog_snapshot(member.machine->catalog()) != bytes) return missing("has another catalog");
    if (!member.machine->serving()) return missing("does not serve");
    if (member.machine->offering()) return missing("has something to offer");
    if (member.registrar()->objection()) return missing("takes no definitions");
  });
  return well;
}

void World::tell_state() {
  for (const auto& member : members_) {
    if (!member->up()) continue;
    const raft::Status& status = member->registrar()->status();
    scene_.tell("{} (node {}@{}): role {} in term {} of log {:x}, commit {}, log to {}, group{}", member->identity.name,
                member->identity.self.value, status.admission, static_cast<int>(status.role), status.term,
                member->registrar()->lineage().id, status.commit, status.last.index, tell_group(status.configuration));
  }
}

// Whether the rules allow nobody to win: memory of too many is gone.
bool World::memory_lost() const {
  return std::ranges::none_of(
      members_, [this](const auto& member) { return member->up() && (member->leads() || may_win(*member)); });
}

bool World::may_win(const Member& candidate) const {
  const raft::Status& status = candidate.registrar()->status();
  const auto standard = [](const Member& member) {
    const raft::Place last = member.registrar()->status().last;
    return member.disc() ? last : std::max(member.mark, last);
  };
  if (!status.configuration.is_voter(candidate.identity.self, status.admission)) return false;
  if (status.last < standard(candidate)) return false;
  std::size_t votes = 0;
  for (const raft::Member& voter : status.configuration.members()) {
    const auto found = std::ranges::find_if(
        members_, [&](const auto& member) { return member->up() && member->identity.self == voter.id; });
    if (!voter.voter || found == members_.end()) continue;
    const raft::Status& other = (*found)->registrar()->status();
    votes += other.admission == voter.admission && standard(**found) <= status.last ? 1 : 0;
  }
  return votes >= status.configuration.majority();
}

// Every running node grants a definition.
void World::try_definitions() {
  for (const auto& member : members_) {
    if (!member->up() || leader()->machine->catalog().node(member->identity.self) == nullptr) continue;
    Thing thing;
    thing.name = fmt::format("t{}", ++names_);
    thing.made = Wish::sent;
    judge_.things().push_back(thing);
    ++trials_open_;
    ask(*member, broker::AddVhost{thing.name}, {.thing = judge_.things().size() - 1, .trial = true});
  }
  const Micros until = scene_.now + kGrantMax;
  while (trials_open_ != 0 && scene_.now < until && !scene_.failed()) run_until(scene_.now + kConclusionLook);
  if (scene_.failed()) return;
  if (trials_open_ + trials_refused_ != 0)
    scene_.fail("a healed cluster takes definitions", "{} of them are not answered, {} refused", trials_open_,
                trials_refused_);
  run_until(scene_.now + kConclusionLook);
}

void World::empty_queues() {
  std::vector<std::size_t> queues;
  for (std::size_t number = 0; number < judge_.things().size(); ++number) {
    const Thing& thing = judge_.things()[number];
    if (thing.of_guest && Judge::holds(leader()->machine->catalog(), thing)) queues.push_back(number);
  }
  // What the others hold goes back.
  for (const auto& guest : guests_) {
    if (!guest->connected()) continue;
    Member& home = *members_[guest->at()];
    const SessionId session = guest->session();
    guest->lost();
    feed(home, node::Closed{session});
  }
  guests_.front()->drain(queues);
  for (std::size_t guest = 1; guest < guests_.size(); ++guest) guests_[guest]->drain({});
  run_until(scene_.now + kConclusionLook);
  const Micros until = scene_.now + kDrainMax;
  while (!guests_.front()->drained() && scene_.now < until && !scene_.failed()) run_until(scene_.now + kConclusionLook);
  if (!guests_.front()->drained()) scene_.fail("queues are emptied", "{}", guests_.front()->whereabouts());
}

}  // namespace warren::sim::cluster
