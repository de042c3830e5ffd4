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

// A position at which owner and copy have something else, as far as it is in memory; zero: none.
Position unlike(const broker::Queue& queue, const mirror::Copy& copy) {
  std::map<Position, std::string_view> bodies;
  queue.for_each_in_memory(
      [&](const broker::Queued& queued) { bodies.emplace(queued.position, queued.message->body()); });
  Position found = 0;
  copy.for_each_in_memory([&](Position position, const broker::MessageRef& message) {
    const auto at = bodies.find(position);
    if (at != bodies.end() && at->second != message->body()) found = position;
  });
  return found;
}

// Whether some of its chunks are to go.
bool doubts_some(const mirror::Copy& copy) {
  bool any = false;
  copy.shelf()->for_each(
      [&](broker::Level level, Position first, const broker::Shelf::Chunk&) { any |= copy.doubts(level, first); });
  return any;
}

// With what lies in those.
broker::Ranges all_of(const mirror::Copy& copy) {
  std::vector<broker::Range> ranges;
  if (copy.shelf() != nullptr)
    broker::add_live(
        *copy.shelf(), [](broker::Level, Position) { return true; }, ranges);
  copy.for_each_in_memory([&](Position position, const broker::MessageRef&) {
    ranges.push_back({position, position});
  });
  return broker::Ranges::of(std::move(ranges));
}

// How far that copy has come.
std::string tell(const mirror::Shipping* shipping, NodeId node) {
  std::string text;
  if (shipping == nullptr) return text;
  for (const mirror::Follower& one : shipping->followers())
    if (one.node == node)
      text = fmt::format(": state {}, lacks {} of {}, {} bytes unanswered{}{}", static_cast<int>(one.state),
                         one.missing.count(), one.lacked, one.fill_unanswered, one.loading ? ", loads a chunk" : "",
                         one.proposed ? ", is proposed" : "");
  return text;
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
    see_copy(number, member, *queue);
    if (!member.machine->host().has(queue->ref.id) || queue->owner != member.identity.self) continue;
    see_followers(number, member.machine->host(), queue->ref);
    const Holder self{member.identity.self, member.identity.incarnation};
    const auto [owner, first] = owners_.emplace(Reign{lineage.id, number, queue->ref.epoch}, self);
    // Messages are known by it on every disk, whatever the log was.
    const auto [anywhere, fresh] = owner_of_reign_.emplace(queue->ref, self.first);
    if (anywhere->second != self.first)
      scene_.fail("no two logs give the same reign", "{} is owned by nodes {} and {} in reign {}", thing.name,
                  anywhere->second.value, self.first.value, queue->ref.epoch.value);
    // A queue that was never mirrored keeps its first reign over restarts.
    if (owner->second.first != self.first)
      scene_.fail("one owner per reign", "{} is owned by nodes {} and {} in reign {}", thing.name,
                  owner->second.first.value, self.first.value, queue->ref.epoch.value);
  }
}

void MirrorJudge::see_followers(std::size_t thing, const node::QueueHost& host, QueueRef queue) {
  using State = mirror::Follower::State;
  const mirror::Shipping* shipping = host.shipping(queue.id);
  if (shipping == nullptr) return;
  for (const mirror::Follower& follower : shipping->followers()) {
    const bool lacks = follower.state == State::lacking || follower.state == State::closing;
    if (lacks && lacking_.emplace(queue, follower.node, follower.serial).second)
      moments_.push_back({Moment::What::lacks, thing, follower.node});
    if (follower.proposed && proposed_.emplace(queue, follower.node, follower.serial).second)
      moments_.push_back({Moment::What::proposed, thing, follower.node});
  }
}

bool MirrorJudge::is_at_owner(const broker::QueueDefinition& definition, QueueRef reign,
                              const broker::Ranges& some) const {
  const Member* owner = running(definition.owner);
  if (owner == nullptr || some.empty() || !owner->machine->host().has(reign.id)) return false;
  if (owner->machine->host().queue(reign.id).ref() != reign) return false;
  const broker::Ranges live = owner->machine->host().live(reign.id);
  return std::ranges::any_of(live.all(), [&](const auto& range) { return some.touches(range.first, range.last); });
}

// What it held of a former reign stays until it has all of that from its owner.
void MirrorJudge::see_copy(std::size_t thing, const Member& member, const broker::QueueDefinition& definition) {
  const QueueId id = definition.ref.id;
  const auto before = doubters_.extract({member.place, thing});
  if (!member.machine->host().has_copy(id)) return;
  const mirror::Copy& copy = member.machine->host().copy(id);
  const bool doubts = copy.shelf() != nullptr && doubts_some(copy);
  if (!doubts && before.empty()) return;
  Doubter now{member.identity.incarnation, copy.ref(), definition.mirror_round, all_of(copy)};
  if (!before.empty()) {
    const Doubter& then = before.mapped();
    const bool same = then.incarnation == now.incarnation && then.queue == now.queue && then.round == now.round;
    const broker::Ranges gone = then.has.without(now.has);
    if (same && is_at_owner(definition, now.queue, gone))
      scene_.fail("a copy keeps what its owner has", "{} has dropped{} of {}", member.identity.name, tell(gone),
                  judge_.things()[thing].name);
  } else {
    ++judge_.counts["copies in doubt"];
  }
  if (doubts) doubters_.emplace(std::pair{member.place, thing}, std::move(now));
}

std::vector<NodeId> MirrorJudge::holders(std::size_t thing) const {
  const auto found = watched_.find(thing);
  return found == watched_.end() ? std::vector<NodeId>() : found->second.nodes;
}

std::size_t MirrorJudge::messages_at(std::size_t thing, NodeId node) const {
  const Member* member = running(node);
  if (member == nullptr) return 0;
  const broker::QueueDefinition* queue = find(member->machine->catalog(), judge_.things()[thing]);
  const node::QueueHost& host = member->machine->host();
  return queue != nullptr && host.has_copy(queue->ref.id) ? host.copy(queue->ref.id).messages() : 0;
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
    // Another process than the one that was meant has nothing yet.
    const broker::NodeDefinition* meant = catalog.node(node);
    const bool same = member != nullptr && meant != nullptr && meant->incarnation == member->identity.incarnation;
    if (same && fresh) watched.holders.emplace(node, member->identity.incarnation);
    if (fresh && node != definition.owner) moments_.push_back({Moment::What::joined, number, node});
  }
  if (another_reign) moments_.push_back({Moment::What::reigned, number, definition.owner});
  watched.epoch = definition.ref.epoch;
  watched.round = definition.mirror_round;
  watched.nodes = std::move(nodes);
  judge_.things()[number].owner = definition.owner;
}

void MirrorJudge::dies(const Member& member, bool power) {
  if (power) forgetful_.emplace(member.identity.self, member.identity.incarnation);
  for (auto& [thing, watched] : watched_) {
    watched.holders.erase({member.identity.self, member.identity.incarnation});
    if (watched.holders.empty()) forget_transient(thing);
  }
  // Who has what under another log than the one that is followed here is not watched.
  if (member.seen_lineage == lineage_) return;
  for (const auto& [number, lineage] : published_in_) {
    Publish& publish = judge_.publishes()[number];
    publish.forgiven |= publish.transient && lineage == member.seen_lineage;
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
  published_in_[number] = home.seen_lineage;
  moments_.push_back({Moment::What::published, publish.queue, {}, number});
}

void MirrorJudge::confirmed(std::size_t publish, const Member& home) {
  // Who has given in, and not heard of the other log yet, still speaks for its own.
  confirmed_[publish] = home.seen_lineage;
  const broker::QueueDefinition* queue =
      find(home.machine->catalog(), judge_.things()[judge_.publishes()[publish].queue]);
  const Member* owner = queue == nullptr ? nullptr : running(queue->owner);
  if (owner != nullptr) confirmed_by_[publish] = {owner->identity.self, owner->identity.incarnation};
  moments_.push_back({Moment::What::confirmed, judge_.publishes()[publish].queue, {}, publish});
}

void MirrorJudge::got(std::size_t number, const Member& home, bool redelivered) {
  const Publish& publish = judge_.publishes()[number];
  const broker::QueueDefinition* queue = find(home.machine->catalog(), judge_.things()[publish.queue]);
  if (queue == nullptr) return;
  const Reign reign{home.registrar()->lineage().id, publish.queue, queue->ref.epoch};
  const broker::NodeDefinition* owner = home.machine->catalog().node(queue->owner);
  const Got got{reign, {queue->owner, owner == nullptr ? 0 : owner->incarnation}, scene_.now, redelivered};
  const auto [before, first] = got_in_.emplace(number, got);
  // What a reign delivered last and what the next one delivers anew may come at once, on connections that have no
  // order.
  const bool at_once = before->second.at == scene_.now && before->second.flagged;
  // Without copies a queue goes on in its reign, and what it knew of deliveries may not have become durable.
  const bool forgotten = before->second.by != got.by && forgetful_.contains(before->second.by);
  if (!first && before->second.in == reign && !redelivered && !at_once && !forgotten)
    scene_.fail("what comes again says so", "message {} of {} came twice in reign {}", number,
                judge_.things()[publish.queue].name, reign.epoch.value);
  before->second = got;
}

void MirrorJudge::expect_again(const std::set<std::size_t>& publishes, const broker::Catalog& catalog) {
  for (const std::size_t number : publishes) {
    const broker::QueueDefinition* queue = find(catalog, judge_.things()[judge_.publishes()[number].queue]);
    const auto got = got_in_.find(number);
    if (queue != nullptr && got != got_in_.end() && got->second.in.epoch == queue->ref.epoch) again_.insert(number);
  }
}

void MirrorJudge::drained(std::size_t number, bool redelivered) {
  const Publish& publish = judge_.publishes()[number];
  const std::string& name = judge_.things()[publish.queue].name;
  // What a log that was given up took is offered to the owner, twice if nobody knows whether it was kept.
  const bool offered = offered_.contains(number);
  if (offered) ++judge_.counts["messages offered back"];
  if (offered && (redelivered || !publish.seen)) return;
  if (publish.seen) scene_.fail("a message is there once", "message {} of {} comes again", number, name);
  if (again_.contains(number) && !redelivered)
    scene_.fail("what was delivered comes back flagged", "message {} of {} is not", number, name);
  // What was refused may be on its way by a link that was cut, and come when it is mended.
  if (!confirmed_.contains(number) || late_.contains(number)) return;
  std::size_t& last = last_drained_[{publish.queue, publish.sender}];
  if (last > number) scene_.fail("publishers keep their order", "{} has {} before {}", name, last, number);
  last = number;
}

bool MirrorJudge::still_there(std::size_t number) const {
  const auto found = confirmed_by_.find(number);
  const Member* member = found == confirmed_by_.end() ? nullptr : running(found->second.first);
  return member != nullptr && member->identity.incarnation == found->second.second;
}

void MirrorJudge::forgive(const node::Lineage& last) {
  for (const auto& [number, lineage] : confirmed_) {
    Publish& publish = judge_.publishes()[number];
    const auto given_up = [&](std::uint64_t log) {
      return log != last.id && std::ranges::find(last.ancestors, log) == last.ancestors.end();
    };
    // What the log that was given up has taken may be confirmed a moment later: the journal was waited for.
    const bool transient_lost = publish.transient && lineage != last.id;
    if (given_up(lineage)) offered_.insert(number);
    if (given_up(published_in_[number])) late_.insert(number);
    // Who has given up its log offers what it took, if it is still there.
    const bool told = left_out_.contains(judge_.things()[publish.queue].name);
    if (given_up(lineage) && !publish.transient && still_there(number) && !told) {
      ++judge_.counts["messages to be offered"];
      continue;
    }
    if (given_up(lineage) || given_up(published_in_[number]) || transient_lost) publish.forgiven = true;
  }
}

void MirrorJudge::hear(std::string_view line) {
  if (const std::size_t begin = line.find('\'') + 1; line.find("messages went to its owner") != line.npos)
    offered_late_.emplace(line.substr(begin, line.find('\'', begin) - begin));
  if (!line.ends_with("could not be read, and are lost") && line.find("were not taken") == line.npos) return;
  const std::size_t begin = line.find('\'') + 1;
  left_out_.emplace(line.substr(begin, line.find('\'', begin) - begin));
}

void MirrorJudge::forgive_unknown(const broker::Catalog& catalog) {
  for (Publish& publish : judge_.publishes()) {
    const broker::QueueDefinition* queue = find(catalog, judge_.things()[publish.queue]);
    const auto watched = watched_.find(publish.queue);
    if (queue == nullptr || watched == watched_.end()) continue;
    // Whom it believes to be in the set the others may have left out.
    const bool set_has_changed =
        std::pair(queue->ref.epoch, queue->mirror_round) < std::pair(watched->second.epoch, watched->second.round);
    publish.forgiven |= publish.epoch > queue->ref.epoch || set_has_changed;
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
    if (!among(queue.in_sync, node))
      return *why = fmt::format("{} is not in sync at {}{}", name, node.value,
                                tell(owner->machine->host().shipping(id), node)),
             false;
    if (!mirror->machine->host().has_copy(id))
      return *why = fmt::format("{} has no copy of {}", node.value, name), false;
    const broker::Ranges copied = mirror->machine->host().copy(id).live();
    const Position other = unlike(owner->machine->host().queue(id), mirror->machine->host().copy(id));
    if (other != 0) return *why = fmt::format("{} has another message at {:x} of {}", node.value, other, name), false;
    if (copied.all() == has.all()) continue;
    *why = fmt::format("{} has{} at node {} and{} at node {}", name, tell(has), queue.owner.value, tell(copied),
                       node.value);
    return false;
  }
  return true;
}

void MirrorJudge::note_contents(const broker::Catalog& catalog) {
  offered_late_.clear();
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
    const bool more = offered_late_.contains(thing.name);
    if (more ? !before.without(now).empty() : now.all() != before.all())
      return scene_.fail("a copy takes over", "{} had{} and has{}", thing.name, tell(before), tell(now));
  }
}

}  // namespace warren::sim::cluster
