// The registrar's work on its shard, and what every shard does when a definition has changed.
#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "base/plant.hpp"
#include "broker/catalog/stored/catalog_snapshot.hpp"
#include "broker/catalog/stored/definition_writes.hpp"
#include "broker/catalog/wire/command_codec.hpp"
#include "node/registrar/mirror_news.hpp"
#include "node/shard.hpp"

namespace warren::node {

void Shard::start_agreement() {
  if (settings_.shard != kRegistrarShard) return;
  std::vector<std::string> complaints;
  Agreement agreement = read_agreement(settings_.agreement, complaints);
  for (std::string& complaint : complaints) log_.push_back(std::move(complaint));
  settings_.agreement.clear();
  const bool begins = !agreement.applied && !agreement.lineage && settings_.identity.founder;
  if (agreement.applied) applied_ = agreement.applied->place;
  stored_to_ = applied_.index + agreement.entries.size();
  Whole whole{{}, broker::catalog_snapshot(catalog_)};
  if (agreement.applied) whole.tickets = agreement.applied->tickets, whole.parting = agreement.applied->parting;
  raft::SnapshotBytes bytes =
      begins || agreement.applied ? std::make_shared<const std::string>(encode(whole)) : nullptr;
  registrar_.emplace(settings_.identity, settings_.group, catalog_, std::move(agreement), std::move(bytes), rng_.next(),
                     now_.instant_ms);
  registrar_->hold_reigns(ledger_.reigns());
  ask_desk_.emplace(settings_.identity, catalog_, settings_.session.cluster_name);
  peers_changed_ = true;
}

// ---- what the group's machine wants ----

bool Shard::carry_agreement() {
  if (!registrar_ || !registrar_->has_effects()) return false;
  RegistrarEffects effects = registrar_->take_effects();
  if (effects.new_lineage) forget_agreement(*effects.new_lineage);
  for (const raft::Persist& one : effects.persists) persist(one);
  for (DecidedItem& item : effects.decided) std::visit([this](auto& any) { carry_out(any); }, item);
  if (!effects.decided.empty()) {
    note_applied(applied_);
    registrar_->batch_applied(applied_.index);
    if (!planted(219)) take_in_waiting();
  }
  for (broker::Letter& letter : effects.letters) held_answers_.push_back({catalog_.revision(), std::move(letter)});
  for (const QueueId id : effects.spared)
    if (const broker::QueueDefinition* queue = catalog_.queue(id)) queue_mail_.push_back({queue->ref, broker::Stay{}});
  for (auto& message : effects.control) control_.push_back(std::move(message));
  for (RequestAnswer& answer : effects.answers) request_answers_.push_back(std::move(answer));
  for (std::string& line : effects.log) log_.push_back(std::move(line));
  for (Happening& happening : effects.happenings) note(std::move(happening));
  peers_changed_ |= effects.peers_changed;
  if (std::exchange(nodes_changed_, false)) {
    registrar_->nodes_changed(now_.instant_ms);
    hear_alarms();
  }
  // As a whole it is only between steps of its own: what is decided is applied.
  if (registrar_->has_effects()) return true;
  if (registrar_->wants_snapshot()) registrar_->snapshot_taken(applied_.index, whole(), now_.instant_ms);
  if (registrar_->wants_takeover()) {
    begin_log();
    registrar_->take_over(whole(), now_.instant_ms);
  }
  answer_decided();
  return true;
}

// From here on this node decides what no other log does.
void Shard::begin_log() {
  const Identity& identity = settings_.identity;
  const std::uint64_t random = Rng(rng_.next() ^ identity.incarnation).next();
  const broker::Applied applied =
      catalog_.begin_log({identity.self, random, registrar_->untold_reigns(), registrar_->left_behind()});
  acknowledged_[settings_.shard] = catalog_.revision();
  if (stores_definitions()) ledger_.define(broker::counters_write(catalog_));
  take_effect(applied);
  events_.tell(applied, {}, now_);
  if (settings_.shards == 1) return;
  auto image = std::make_shared<broker::CatalogImage>();
  WARREN_CHECK(image->read_snapshot(broker::catalog_snapshot(catalog_)), "what a catalog tells of itself makes sense");
  post_office_.announce(std::shared_ptr<const broker::CatalogImage>(std::move(image)));
}

// The group's log is another one: what the disk has of the former goes, and nobody waits for it.
void Shard::forget_agreement(const Lineage& lineage) {
  waiting_persists_.clear();
  if (settings_.storage.enabled) {
    for (const broker::DefinitionWrite& write : forget_writes(applied_.index, stored_to_)) ledger_.define(write);
    ledger_.define(lineage_write(lineage));
  }
  applied_ = {};
  stored_to_ = 0;
}

raft::SnapshotBytes Shard::whole() const {
  const auto tickets = planted(203) ? std::vector<LastTicket>{} : registrar_->tickets();
  return std::make_shared<const std::string>(
      encode(Whole{tickets, broker::catalog_snapshot(catalog_), registrar_->parting()}));
}

void Shard::persist(const raft::Persist& persist) {
  if (settings_.storage.enabled) {
    ledger_.define(state_write(persist.state));
    if (persist.snapshot && persist.sequence != 0) persist_whole(*persist.snapshot);
    if (persist.replace_from)
      for (raft::Index index = std::max(*persist.replace_from, applied_.index + 1); index <= stored_to_; ++index)
        ledger_.define(entry_erase(index));
    for (const raft::Entry& entry : persist.entries) ledger_.define(entry_write(entry));
    if (!persist.entries.empty()) stored_to_ = persist.entries.back().place.index;
  }
  if (persist.sequence == 0) {  // the beginning of a log
    applied_ = persist.snapshot->last;
    note_applied(applied_);
  }
  const bool at_once = !settings_.storage.enabled || registrar_->passing(persist);
  if (at_once && persist.sync && settings_.storage.enabled) unsynced_ = ledger_.coming_write();
  if (at_once && waiting_persists_.empty())
    registrar_->persisted(persist.sequence, now_.instant_ms);
  else
    waiting_persists_.push_back({persist.sequence, at_once ? ledger_.durable_write() : ledger_.coming_write()});
}

// A snapshot of our own says what stands on the disk already. One that came takes its place.
void Shard::persist_whole(const raft::Snapshot& snapshot) {
  if (snapshot.last.index <= applied_.index) return;
  Whole whole;
  broker::CatalogImage image;
  if (snapshot.bytes && (!decode(*snapshot.bytes, whole) || !image.read_snapshot(whole.catalog))) return;
  if (snapshot.bytes) define_whole(image, snapshot.last.index);
  ledger_.define(applied_write({snapshot.last, snapshot.configuration, whole.tickets, whole.parting}));
}

// One may come before the one before it has been taken on: that one stands on the disk then.
void Shard::define_whole(const broker::CatalogImage& image, raft::Index index) {
  broker::Catalog coming;
  (void)image.restore(coming);
  define_whole(whole_ahead_ ? std::move(*whole_ahead_) : broker::all_definition_writes(catalog_), coming);
  whole_ahead_ = broker::all_definition_writes(coming);
  whole_ahead_index_ = index;
}

// What stands on disk gives way to these.
void Shard::define_whole(std::vector<broker::DefinitionWrite> stored, const broker::Catalog& coming) {
  for (broker::DefinitionWrite& write : stored) {
    write.value.clear();
    write.erased = true;
    ledger_.define(write);
  }
  for (const broker::DefinitionWrite& write : broker::all_definition_writes(coming)) ledger_.define(write);
}

// How far the catalog on disk goes; entries up to there are needed no more.
void Shard::note_applied(raft::Place place) {
  if (!settings_.storage.enabled || !registrar_->keeps_definitions()) return;
  if (planted(206)) ++place.index;
  ledger_.define(
      applied_write({place, registrar_->applied_configuration(), registrar_->tickets(), registrar_->parting()}));
}

// ---- what the group has decided ----

void Shard::carry_out(DecidedNothing& item) {
  pass(item.place);
  registrar_->passed(item);
}

void Shard::pass(raft::Place place) {
  applied_ = place;
  if (settings_.storage.enabled && registrar_->keeps_definitions()) ledger_.define(entry_erase(place.index));
}

void Shard::carry_out(DecidedCommand& item) {
  pass(item.place);
  if (!registrar_->takes(item, now_.instant_ms)) return;
  const Envelope& envelope = item.envelope;
  broker::Command command;
  if (!broker::decode(envelope.command, command)) {
    log_.push_back("the group has decided what this program does not know: it is left out");
    return registrar_->applied(
        item, false, broker::Refusal{amqp::ReplyCode::not_implemented, "a newer program wants this"}, now_.instant_ms);
  }
  if (planted(210) && std::holds_alternative<broker::NodeDown>(command) && settings_.identity.self == NodeId(2)) return;
  Result<broker::Applied, broker::Refusal> applied = catalog_.apply(command);
  acknowledged_[settings_.shard] = catalog_.revision();
  if (!applied) return registrar_->applied(item, false, std::move(applied.error()), now_.instant_ms);
  const bool changed = !applied->changes.empty();
  if (changed) {
    post_office_.announce(command);
    take_effect(*applied);
    if (envelope.proposer == settings_.identity.self) events_.tell(*applied, envelope.user, now_);
  }
  registrar_->applied(item, changed, std::nullopt, now_.instant_ms);
}

void Shard::take_effect(const broker::Applied& applied) {
  record(applied);
  follow(applied);
  history_.follow(applied);
  for (std::string& line : mirror_log(catalog_, applied)) log_.push_back(std::move(line));
}

void Shard::carry_out(DecidedWhole& item) {
  Whole whole;
  auto image = std::make_shared<broker::CatalogImage>();
  const bool sound = item.snapshot.bytes && decode(*item.snapshot.bytes, whole) && image->read_snapshot(whole.catalog);
  if (!sound) {
    applied_ = item.snapshot.last;
    return log_.push_back("the definitions that the leader sent make no sense: they are left out");
  }
  if (!registrar_->keeps_definitions() && stores_definitions() && !planted(213))
    define_whole(*image, item.snapshot.last.index);
  applied_ = item.snapshot.last;
  become(*image);
  if (applied_.index >= whole_ahead_index_) whole_ahead_.reset();
  post_office_.announce(std::shared_ptr<const broker::CatalogImage>(std::move(image)));
  acknowledged_[settings_.shard] = catalog_.revision();
  registrar_->installed(item.snapshot, std::move(whole), now_.instant_ms);
}

void Shard::become(const broker::CatalogImage& whole) {
  const std::vector<Reign> before = reigns_of(catalog_);
  const broker::CatalogCounters former = catalog_.counters();
  const Epoch last = catalog_.last_reign();
  const std::vector<broker::NodeDefinition> nodes = nodes_known();
  catalog_.reset();
  for (const std::string& complaint : whole.restore(catalog_).complaints) log_.push_back(complaint);
  // Another log may count from less: what was answered before waits for no more than all that there is.
  for (std::size_t i = 0; i < held_answers_.size(); ++i)
    held_answers_[i].revision = std::min(held_answers_[i].revision, catalog_.revision());
  if (catalog_.counters().logs.ids != former.logs.ids) note_given_up(former, last);
  for (const Reign& reign : before) {
    if (!host_.has_any(reign.queue.id) || same_queue(reign, catalog_) != nullptr) continue;
    // Another log's catalog may be an old one, of before the queue was declared: what is newer follows.
    if (given_up_ && catalog_.queue(reign.queue.id) == nullptr)
      unknown_.push_back(reign);
    else
      set_aside(reign);
  }
  sessions_.for_each([this](SessionId id, std::unique_ptr<Seat>& seat) {
    const broker::session::SessionCore& core = seat->session.core();
    if (!core.vhost || catalog_.vhost(core.vhost) != nullptr) return;
    touch(id, *seat);
    seat->session.force_close("vhost '" + core.vhost_name + "' is deleted", context_);
  });
  lose_peers_missed(nodes);
  if (const auto moves = moves_since(before, catalog_); !moves.empty()) {
    tell_moves_missed(moves);
    tell_moves(moves);
  }
  see_whether_serving();
  if (!ready_) return heard_of() ? start_queues() : void();
  catalog_.for_each_vhost([this](const broker::VhostDefinition& vhost) {
    catalog_.for_each_queue(vhost.id, [this](const broker::QueueDefinition& queue) { follow_queue(queue.ref.id); });
  });
  host_.follow_policies(now_, lanes());
  if (was_away(nodes)) go_on_after_absence();
}

// What one connection was told is done is done for every other.
void Shard::answer_decided() {
  const Revision everywhere = *std::min_element(acknowledged_.begin(), acknowledged_.end());
  while (!held_answers_.empty() && held_answers_.front().revision <= everywhere)
    letters_.push_back(held_answers_.pop_front().letter);
}

// ---- on every shard ----

// What is here of a queue becomes what the catalog says.
void Shard::follow_queue(QueueId id) {
  const broker::QueueDefinition* queue = catalog_.queue(id);
  if (!ready_ || queue == nullptr || post_office_.shard_of(*queue) != settings_.shard) return;
  if (host_.has_any(id)) ledger_.mention(id);
  broker::Ranges offered;
  if (given_up_ && queue->owner != settings_.identity.self)
    offered = offer(reign_of(*queue, catalog_), false);
  else if (TakenHere* here = given_up_ ? taken_here_.find(id) : nullptr)
    here->kept = true;
  if (host_.has_any(id) || has_of(*queue)) host_.follow(*queue, settings_.identity.self, now_, lanes());
  // The other log may yet make this node the owner of what it has.
  if (!offered.empty()) host_.give_away(id, offered, now_, lanes());
}

// What was kept while this node was away is of use again, or goes.
void Shard::go_on_after_absence() {
  lose_all_peers();
  std::vector<QueueId> hosted;
  host_.for_each([&](QueueId id) { hosted.push_back(id); });
  for (const QueueId id : hosted) follow_queue(id);
}

void Shard::follow(const broker::Applied& applied) {
  bool policies_changed = false;
  std::vector<broker::QueueMoved> moves;
  for (const broker::Change& change : applied.changes) {
    if (const auto* created = std::get_if<broker::QueueCreated>(&change)) {
      follow_queue(created->queue);
    } else if (const auto* deleted = std::get_if<broker::QueueDeleted>(&change)) {
      if (host_.has_any(deleted->queue.ref.id)) ledger_.mention(deleted->queue.ref.id);
      host_.retire(deleted->queue.ref.id, lanes());
    } else if (const auto* moved = std::get_if<broker::QueueMoved>(&change)) {
      follow_queue(moved->queue);
      moves.push_back(*moved);
    } else if (const auto* mirrors = std::get_if<broker::MirrorsChanged>(&change)) {
      follow_queue(mirrors->queue);
    } else if (const auto* vhost = std::get_if<broker::VhostDeleted>(&change)) {
      close_sessions_of(vhost->vhost.id, "vhost '" + vhost->vhost.name + "' is deleted");
    } else if (const auto* user = std::get_if<broker::UserDeleted>(&change)) {
      close_sessions_of(user->name, "user '" + user->name + "' is deleted");
    } else if (std::holds_alternative<broker::PolicySet>(change) ||
               std::holds_alternative<broker::PolicyCleared>(change)) {
      policies_changed = true;
    } else {
      follow_node(change);
    }
  }
  if (!moves.empty()) tell_moves(moves);
  if (policies_changed) host_.follow_policies(now_, lanes());
}

// The others believed this node to be down and have given up what was on its way, and what it has sent since.
void Shard::lose_all_peers() {
  std::vector<NodeId> others;
  catalog_.for_each_node([&](const broker::NodeDefinition& node) {
    if (node.id != settings_.identity.self) others.push_back(node.id);
  });
  for (const NodeId node : others) {
    if (registrar_) resets_.push_back(node);
    lose_peer(node);
  }
}

void Shard::follow_node(const broker::Change& change) {
  const NodeId self = settings_.identity.self;
  if (const auto* up = std::get_if<broker::NodeWentUp>(&change)) {
    nodes_changed_ = true;
    // That the process of another ended, its link tells, and at the right time: this may come late, when there is mail
    // with the new one already.
    if (up->node != self) {
      if (registrar_) registrar_->word_agreed(up->node, now_.instant_ms);
      if (up->restarted) tell_restart(up->node);
      return planted(218) && up->restarted ? lose_peer(up->node) : void();
    }
    // Or a former process went up: the log is told from an old place on, and the queues are not all there yet.
    if (!ready_ && (heard_of() || planted(221)))
      start_queues();
    else if (ready_)
      go_on_after_absence();
    if (given_up_ && catalog_.last_reign() >= given_up_last_) forget_given_up();
    see_whether_serving();
  } else if (const auto* down = std::get_if<broker::NodeWentDown>(&change)) {
    nodes_changed_ = true;
    if (down->node != self) {
      if (registrar_) resets_.push_back(down->node);
      return lose_peer(down->node);
    }
    see_whether_serving();
    if (registrar_ && registrar_->serves()) log_.push_back("the other nodes believed this one to be down");
  } else if (const auto* removed = std::get_if<broker::NodeRemoved>(&change)) {
    nodes_changed_ = true;
    if (registrar_) registrar_->removed(removed->node);
    if (removed->node.id != self) return lose_peer(removed->node.id);
    see_whether_serving();
    close_sessions("this node was removed from its cluster");
  } else if (const auto* draining = std::get_if<broker::NodeDraining>(&change)) {
    nodes_changed_ = true;
    if (draining->node != self) return;
    see_whether_serving();
    if (!serving_) close_sessions("Node was put into maintenance mode");
    if (!serving_) host_.hand_over_all(now_, lanes());
  } else if (std::holds_alternative<broker::NodeAdded>(change)) {
    nodes_changed_ = true;
  }
}

bool Shard::heard_of() const {
  const broker::NodeDefinition* self = catalog_.node(settings_.identity.self);
  return self != nullptr && self->running && self->incarnation == settings_.identity.incarnation;
}

void Shard::see_whether_serving() {
  serving_ = heard_of() && !turned_away_ && !catalog_.node(settings_.identity.self)->draining;
}

}  // namespace warren::node
