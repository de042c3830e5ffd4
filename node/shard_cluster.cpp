// The shard's dealings with other nodes, and with operators.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/limits.hpp"
#include "base/plant.hpp"
#include "manage/operations/rows/queue_row.hpp"
#include "manage/operations/rows/session_rows.hpp"
#include "node/shard.hpp"

namespace warren::node {
namespace {

// So long after the other log began to be told here the end of it has come, though it says nothing of this node.
constexpr Instant kHeardOfWithin_ms = 10'000;
// More than one of each kind about every other node.
constexpr std::size_t kHappeningsMax = 512;
static_assert(kHappeningsMax > 6 * limits::kNodesMax);

}  // namespace

void Shard::on(const PeerControl& input) {
  if (registrar_) registrar_->control(input.from, input.bytes, now_.instant_ms);
  hear_alarms();
}

void Shard::on(const PeerLost& input) { lose_peer(input.node); }

// What was on its way to or from that node is gone, and so is what its sessions held here.
void Shard::lose_peer(NodeId node) {
  post_office_.forget(node);
  std::erase_if(early_, [node](const auto& line) { return line.first.node == node; });
  fences_.lose(node);
  free_fenced();
  if (!planted(211)) host_.peer_lost(node, now_, lanes());
  each_session([&](Session& session) { session.peer_lost(node, context_); });
  // Who waited for that node need not any more.
  reconsider_held();
}

// Sessions go where their queues are now.
void Shard::tell_moves(std::span<const broker::QueueMoved> moves) {
  for (const broker::QueueMoved& move : moves) raise_fence(move);
  each_session([&](Session& session) { session.queues_moved(moves, context_); });
}

void Shard::tell_restart(NodeId node) {
  each_session([&](Session& session) { session.peer_restarted(node, context_); });
}

void Shard::tell_moves_missed(std::span<const broker::QueueMoved> moves) {
  each_session([&](Session& session) { session.moves_missed(moves, context_); });
}

std::vector<broker::NodeDefinition> Shard::nodes_known() const {
  std::vector<broker::NodeDefinition> known;
  catalog_.for_each_node([&](const broker::NodeDefinition& node) { known.push_back(node); });
  return known;
}

// Of nodes that ended while the catalog was behind the same follows as from the commands that were not seen here. Of a
// process that lives and is back its link tells.
void Shard::lose_peers_missed(const std::vector<broker::NodeDefinition>& before) {
  // Of a process that has not been up yet the others have nothing, and what they send it now is meant for it.
  if (!ready_) return;
  for (const broker::NodeDefinition& was : before) {
    if (was.id == settings_.identity.self) continue;
    const broker::NodeDefinition* now = catalog_.node(was.id);
    if (was.running && (now == nullptr || !now->running)) {
      if (registrar_) resets_.push_back(was.id);
      lose_peer(was.id);
    } else if (now != nullptr && was.incarnation != 0 && was.incarnation != now->incarnation) {
      tell_restart(was.id);
    }
  }
}

// Whether the others believed this process to be down, and know by now that it is not.
bool Shard::was_away(const std::vector<broker::NodeDefinition>& before) const {
  const auto self = std::ranges::find(before, settings_.identity.self, &broker::NodeDefinition::id);
  if (self == before.end() || self->incarnation != settings_.identity.incarnation || !heard_of()) return false;
  return !self->running || self->losses != catalog_.node(self->id)->losses;
}

void Shard::on(const Asked& input) {
  if (ask_desk_) ask_desk_->asked(input.ask, input.question, *registrar_, now_.instant_ms);
}

void Shard::on(ChangeRequest& input) {
  if (registrar_) registrar_->request(input.request, std::move(input.user), input.command, now_.instant_ms);
}

void Shard::on(const Serve& input) {
  if (registrar_) registrar_->serve(input.on, now_.instant_ms);
}

void Shard::on(const TurnAway& input) { turn_away(input.on); }

void Shard::turn_away(bool on) {
  if (std::exchange(turned_away_, on) == on) return;
  see_whether_serving();
  if (!on) return;
  host_.hand_over_all(now_, lanes());
  close_sessions("broker forced connection closure with reason 'shutdown'");
}

void Shard::on(const GoAlone&) {
  if (registrar_) registrar_->force();
}

// ---- what there is ----

// The other log has come to its end when it tells that this node is up and has reigns of the former one: the node has
// reported them there.
void Shard::note_given_up(const broker::CatalogCounters& former, Epoch last) {
  const broker::LogHistory& present = catalog_.counters().logs;
  // A log that goes on from this one knows its members' word up to where it began, and no more: who was told to go on
  // alone may have been behind.
  const bool goes_on = !former.logs.own() || present.has(former.logs.ids.back());
  if (goes_on && !present.own()) return;
  given_up_ = former;
  if (goes_on) given_up_->logs = {present.ids, present.floor, QueueId(~std::uint64_t{0})};
  given_up_last_ = last;
  taken_here_ = {};
  host_.for_each([&](QueueId id) {
    if (host_.has(id)) taken_here_.insert(id, {host_.queue(id).next_position()});
  });
  heard_by_ms_ = now_.instant_ms + kHeardOfWithin_ms;
}

// What others know of a queue its owner has. What was taken by a log that is given up they do not know.
broker::Ranges Shard::offer(const Reign& reign, bool all) {
  if (!given_up_ || !host_.has(reign.queue.id) || planted(322)) return {};
  const TakenHere* here = taken_here_.find(reign.queue.id);
  if (here == nullptr) return {};
  Offers::Taken taken = taken_by(host_.queue(reign.queue.id), *given_up_, here->end, all);
  if (here->kept) taken.flag_all();
  taken.vhost = reign.vhost;
  taken.queue = reign.name;
  broker::Ranges positions = taken.positions();
  offers_.add(std::move(taken));
  return positions;
}

// A queue that is not known any more.
void Shard::set_aside(const Reign& reign) {
  offer(reign, given_up_ && reign.queue.id > given_up_->logs.queues);
  ledger_.mention(reign.queue.id);
  host_.retire(reign.queue.id, lanes());
}

// The log that this node follows is known as far as it goes, or will not be soon.
void Shard::forget_given_up() {
  for (const Reign& reign : std::exchange(unknown_, {}))
    if (same_queue(reign, catalog_) == nullptr) set_aside(reign);
  given_up_.reset();
  taken_here_ = {};
  heard_by_ms_ = kNever;
}

// A publisher of this node's own.
void Shard::publish_offers() {
  const SessionRef self{Offers::kPublisher, settings_.identity.self, settings_.shard};
  offers_.publish(catalog_, self, now_.instant_ms, own_queue_mail_, loads_);
  for (std::string& line : offers_.take_log()) log_.push_back(std::move(line));
  for (MessagesOffered& ended : offers_.take_ended()) events_.tell(std::move(ended), settings_.identity.name, now_);
}

// Until the queues of this node are alive it waits. What is left out then the log has told.
void Shard::note(Happening happening) {
  if (happenings_.size() < kHappeningsMax) happenings_.push_back(std::move(happening));
}

// Whoever noticed it tells, whether or not anything can be agreed on: the messages go to queues that are reached from
// here. Refusals may come for as long as a queue is not: they give way to what clients publish.
bool Shard::carry_happenings() {
  if (!ready_ || happenings_.empty()) return false;
  for (const Happening& happening : std::exchange(happenings_, {})) {
    if (std::holds_alternative<DefinitionRefused>(happening) && post_office_.full()) continue;
    events_.tell(happening, settings_.identity.name, now_);
  }
  return true;
}

void Shard::on(const Inquiry& input) {
  if (input.question.subject == manage::Subject::moves)
    return moves_.begin(input.inquiry, input.question.moves, host_, now_);
  if (input.question.subject == manage::Subject::comparison)
    return comparisons_.begin(input.inquiry, input.question, host_, now_);
  Findings findings{input.inquiry, {}};
  if (input.question.subject == manage::Subject::queues) {
    catalog_.for_each_vhost([&](const broker::VhostDefinition& vhost) {
      catalog_.for_each_queue(
          vhost.id, [&](const broker::QueueDefinition& queue) { add_queue_row(input.question, queue, findings.rows); });
    });
  } else {
    sessions_.for_each([&](SessionId, const std::unique_ptr<Seat>& seat) {
      manage::add_session_rows(input.question, {catalog_, seat->session}, findings.rows);
    });
  }
  findings_.push_back(std::move(findings));
}

void Shard::add_queue_row(const manage::ShardQuestion& question, const broker::QueueDefinition& queue,
                          manage::Rows& rows) const {
  if (!host_.has(queue.ref.id)) return;
  const broker::QueueStats stats = host_.stats(queue.ref.id);
  const mirror::Shipping* shipping = host_.shipping(queue.ref.id);
  const manage::QueueFacts facts{catalog_, queue, &stats, shipping == nullptr ? std::nullopt : shipping->filling()};
  if (manage::asked_for(question, facts)) rows.push_back(manage::queue_row(question, facts));
}

// ---- the end of a step ----

void Shard::conclude_agreement(ShardEffects& effects) {
  for (Moves::Ended& ended : moves_.take_ended(host_, catalog_))
    findings_.push_back({ended.inquiry, std::move(ended.rows)});
  for (Comparisons::Ended& ended : comparisons_.take_ended(host_))
    findings_.push_back({ended.inquiry, std::move(ended.rows)});
  for (Findings& findings : findings_) effects.findings.push_back(std::move(findings));
  findings_.clear();
  if (!registrar_) return;
  // What was not synced because nobody else counted on it is, before anybody else hears of it.
  if (registrar_->alone() || ledger_.durable_write() >= unsynced_) {
    for (auto& message : control_) effects.control.push_back(std::move(message));
    control_.clear();
  }
  for (const NodeId node : resets_) effects.resets.push_back(node);
  resets_.clear();
  for (RequestAnswer& answer : request_answers_)
    if (!ask_desk_->answered(answer)) effects.answers.push_back(std::move(answer));
  request_answers_.clear();
  ask_desk_->look(*registrar_, now_.instant_ms);
  for (AskReply& reply : ask_desk_->take_replies()) effects.replies.push_back(std::move(reply));
  if (std::exchange(told_turned_away_, turned_away_) != turned_away_) effects.turning_away = turned_away_;
  if (std::exchange(peers_changed_, false)) effects.peers = registrar_->peers();
  // Clients come when every shard knows what they may ask for, and the other nodes that this one is there.
  const Revision everywhere = *std::min_element(acknowledged_.begin(), acknowledged_.end());
  const bool known = everywhere == catalog_.revision() && (!serving_ || registrar_->announced());
  if (announced_serving_ != serving_ && known) {
    announced_serving_ = serving_;
    effects.serving = serving_;
  }
}

}  // namespace warren::node
