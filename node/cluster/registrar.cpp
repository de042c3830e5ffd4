#include "node/cluster/registrar.hpp"

#include <algorithm>
#include <utility>

#include "base/plant.hpp"

namespace warren::node {

namespace {

constexpr Instant kLookEach_ms = 100;

raft::Kind raft_kind(broker::NodeKind kind) { return static_cast<raft::Kind>(kind); }

raft::Configuration founders(const Identity& identity) {
  return raft::Configuration({{identity.self, raft_kind(identity.kind), true, identity.incarnation}});
}

// A node that follows another log than its first one has begun already.
bool founds(const Identity& identity, const Agreement& agreement) {
  return identity.founder && !agreement.applied && !agreement.lineage;
}

raft::Start start_of(const Identity& identity, const GroupSettings& settings, Agreement& agreement,
                     raft::SnapshotBytes whole, std::uint64_t seed) {
  raft::Start start;
  start.self = identity.self;
  start.kind = raft_kind(identity.kind);
  start.settings = settings.raft;
  start.lineage = agreement.lineage ? agreement.lineage->id : identity.lineage;
  start.incarnation = identity.incarnation;
  start.boot = identity.boot;
  start.seed = seed;
  start.state = agreement.state;
  if (start.state && planted(200)) start.state->vote = {};
  if (start.state && planted(201)) start.state->mark = {};
  if (agreement.applied) {
    AppliedState& applied = *agreement.applied;
    start.snapshot = {applied.place, applied.configuration, std::move(whole)};
    start.entries = std::move(agreement.entries);
    start.applied = applied.place.index;
    // Alone, a lost vote hurts nobody.
    const raft::Member* member = applied.configuration.find(identity.self);
    if (!start.state && member != nullptr && applied.configuration.members().size() == 1)
      start.state = raft::HardState{applied.place.term, {}, {}, identity.boot, member->admission, true};
  } else if (founds(identity, agreement)) {
    start.state = raft::founding_state(founders(identity), identity.self, identity.boot);
    start.snapshot = raft::founding_snapshot(founders(identity));
    start.snapshot.bytes = std::move(whole);
    start.applied = start.snapshot.last.index;
  }
  return start;
}

}  // namespace

Registrar::Registrar(const Identity& identity, const GroupSettings& settings, const broker::Catalog& catalog,
                     Agreement agreement, raft::SnapshotBytes whole, std::uint64_t seed, Instant now)
    : identity_(identity),
      settings_(settings),
      catalog_(catalog),
      lineage_(agreement.lineage.value_or(Lineage{identity.lineage, {}, {}})),
      seed_(seed),
      raft_(std::in_place, start_of(identity, settings, agreement, whole, seed), now),
      status_(raft_->status()),
      detector_(identity.self, settings.detector, now),
      serves_(identity.serves),
      apart_(now) {
  if (agreement.applied) {
    tickets_.restore(agreement.applied->tickets);
    parting_.restore(agreement.applied->parting);
    applied_configuration_ = agreement.applied->configuration;
  } else if (founds(identity, agreement)) {
    applied_configuration_ = founders(identity);
    raft::Persist beginning;
    beginning.sync = keeps_definitions();
    beginning.state = raft::founding_state(applied_configuration_, identity.self, identity.boot);
    beginning.snapshot = raft::founding_snapshot(applied_configuration_);
    effects_.persists.push_back(std::move(beginning));
  }
  remember_nodes();
  watch_members(now);
  tell_disc(now);
  tick(now);
}

// ---- the group's machine ----

void Registrar::step(raft::Input input, Instant now) {
  raft::Effects effects;
  raft_->step(std::move(input), now, effects);
  carry_out(effects, now);
}

void Registrar::carry_out(raft::Effects& effects, Instant now) {
  raft::Status status = raft_->status();
  const bool parted = !parting_.all().empty() && status.configuration != status_.configuration;
  status_ = std::move(status);
  group_at_ = effects.wake_at;
  for (raft::Letter& letter : effects.letters) send(letter.to, GroupMail{raft::encode(letter.message)});
  for (raft::Persist& persist : effects.persists) effects_.persists.push_back(std::move(persist));
  for (raft::ForMachine& item : effects.for_machine) {
    if (auto* apply = std::get_if<raft::Apply>(&item)) {
      decide(apply->entry);
      continue;
    }
    effects_.decided.push_back(DecidedWhole{std::move(std::get<raft::Install>(item).snapshot)});
  }
  for (const raft::Answer& answer : effects.answers) hear(answer, now);
  for (const raft::Event& event : effects.events) happen(event, now);
  if (!parted) return;
  effects_.peers_changed = true;
  watch_members(now);
}

void Registrar::decide(const raft::Entry& entry) {
  const bool commands = entry.of == raft::EntryClass::definitions || entry.of == raft::EntryClass::topology;
  Envelope envelope;
  if (commands && decode(entry.command, envelope)) {
    effects_.decided.push_back(DecidedCommand{entry.place, std::move(envelope)});
    return;
  }
  DecidedNothing nothing{entry.place};
  if (entry.of == raft::EntryClass::configuration) raft::decode(entry.command, nothing.configuration.emplace());
  effects_.decided.push_back(std::move(nothing));
}

void Registrar::happen(const raft::Event& event, Instant now) {
  if (std::holds_alternative<raft::SnapshotWanted>(event)) {
    wants_snapshot_ = true;
  } else if (const auto* role = std::get_if<raft::RoleChanged>(&event)) {
    own_.unsend();
    if (role->role != raft::Role::leader) {
      forwarded_.clear();
      membership_ticket_ = 0;
      own_.drop_verdicts();  // the next leader sees for itself
    }
    look_at_ = now;
    announce(now);
    send_proposals(now);
  } else if (const auto* lost = std::get_if<raft::ReadmissionWanted>(&event)) {
    wanted_[lost->member] = lost->admission;
  }
}

void Registrar::persisted(std::uint64_t sequence, Instant now) {
  if (sequence == 0)
    lineage_stands_ = true;
  else
    step(raft::Persisted{sequence}, now);
}

void Registrar::snapshot_taken(raft::Index index, raft::SnapshotBytes whole, Instant now) {
  wants_snapshot_ = false;
  step(raft::SnapshotTaken{index, std::move(whole)}, now);
}

bool Registrar::passing(const raft::Persist& persist) const {
  if (persist.sequence == 0) return false;  // a log begins
  if (!persist.sync) return true;
  if (!alone()) return false;
  return std::ranges::all_of(persist.entries, [](const raft::Entry& entry) {
    if (entry.of == raft::EntryClass::blank) return true;
    Envelope envelope;
    return entry.of != raft::EntryClass::configuration && decode(entry.command, envelope) && envelope.passing;
  });
}

// ---- time ----

void Registrar::tick(Instant now) {
  if (group_at_ == kNever || now >= group_at_) step(raft::Tick{}, now);
  if (has_company()) step_detector(cluster::DetectorTick{}, now);
  if (now < look_at_) return;
  look_at_ = now + kLookEach_ms;
  look_at_partition(now);
  tell_disc(now);
  announce(now);
  refuse_hopeless(now);
  see_departures(now);
  finish_spread(now);
  say_goodbye(now);
  send_proposals(now);
  look_after_members(now);
  consider_takeover(now);
}

Instant Registrar::deadline() const {
  const bool quiet = alone() && !has_company() && status_.role == raft::Role::leader && own_.size() == 0;
  if (quiet) return kNever;
  return std::min({group_at_, has_company() ? detector_at_ : kNever, look_at_});
}

void Registrar::control(NodeId from, std::string_view bytes, Instant now) {
  if (shuns(from)) return;
  ControlMessage message;
  if (!decode(bytes, message)) {
    effects_.log.push_back("a node sent a control message that makes no sense: it is left out");
    return;
  }
  step_detector(cluster::HeardFrom{from}, now);
  std::visit([&](auto& any) { on(from, any, now); }, message);
}

void Registrar::on(NodeId from, GroupMail& mail, Instant now) {
  raft::Message message;
  if (!raft::decode(mail.message, message) || message.head.from != from) return;
  if (message.head.lineage != lineage_.id) return tell_lineage(from);
  step(raft::Receive{std::move(message)}, now);
}

void Registrar::send(NodeId to, const ControlMessage& message) {
  if (!shuns(to)) effects_.control.emplace_back(to, encode(message));
}

}  // namespace warren::node
