#include "cluster/failure_detector.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cluster/limits.hpp"

namespace warren::cluster {
namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

FailureDetector::FailureDetector(NodeId self, DetectorSettings settings, Instant now)
    : self_(self), settings_(settings), heartbeat_at_(now), stepped_at_(now), now_(now) {}

void FailureDetector::step(const DetectorInput& input, Instant now, DetectorEffects& effects) {
  now_ = now;
  out_ = &effects;
  forgive_own_stall();
  std::visit([this](const auto& what) { on(what); }, input);
  propose();
  effects.wake_at = heartbeat_at_;
  stepped_at_ = now_;
  out_ = nullptr;
}

// This node wants to be woken with every heartbeat. If it was not, it was asleep, and has heard nothing for that
// reason.
void FailureDetector::forgive_own_stall() {
  const Instant asleep_ms = now_ - stepped_at_ - settings_.heartbeat_ms;
  if (asleep_ms <= settings_.heartbeat_ms) return;
  for (auto& [id, peer] : peers_) {
    if (!peer.down) peer.heard_at = std::min(now_, peer.heard_at + asleep_ms);
    if (peer.has_reported) peer.reported_at = std::min(now_, peer.reported_at + asleep_ms);
  }
}

void FailureDetector::on(const ClusterMembers& input) {
  std::erase_if(peers_, [&](const auto& peer) { return !contains(input.members, peer.first); });
  std::erase_if(agreed_down_, [&](const auto& agreed) { return !contains(input.members, agreed.first); });
  for (const NodeId node : input.members) {
    if (peers_.size() + 1 >= limits::kMembersMax) break;
    if (node != self_)
      peers_.try_emplace(node, Peer{now_, false, 0, false, {}, {}, 0});  // a newcomer has its whole time
  }
}

void FailureDetector::on(const HeardFrom& input) {
  const auto found = peers_.find(input.node);
  if (found == peers_.end()) return;
  found->second.heard_at = now_;
  if (!found->second.down) return;
  found->second.down = false;
  out_->heard_again.push_back(input.node);
  out_->report = own_report();
}

void FailureDetector::on(const ObserverReport& input) {
  on(HeardFrom{input.observer});
  const auto found = peers_.find(input.observer);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  peer.reported_at = now_;
  peer.has_reported = true;
  peer.sees_down.clear();
  for (const NodeId node : input.sees_down)
    if (node != input.observer && (node == self_ || peers_.contains(node)) && !contains(peer.sees_down, node))
      peer.sees_down.push_back(node);
}

void FailureDetector::on(const AgreedState& input) {
  if (input.node == self_ || peers_.contains(input.node)) agreed_down_[input.node] = input.down;
}

void FailureDetector::on(const DetectorTick&) {
  judge_silence();
  if (now_ < heartbeat_at_) return;
  heartbeat_at_ = now_ + settings_.heartbeat_ms;
  for (const auto& [id, peer] : peers_) out_->heartbeats.push_back(id);
  out_->report = own_report();
}

void FailureDetector::judge_silence() {
  for (auto& [id, peer] : peers_) {
    if (peer.down || now_ - peer.heard_at <= settings_.down_after_ms) continue;
    peer.down = true;
    out_->silent.push_back(id);
    out_->report = own_report();
  }
}

void FailureDetector::propose() {
  for (auto& [node, peer] : peers_) {
    const auto agreed = agreed_down_.find(node);
    const bool down = agreed != agreed_down_.end() && agreed->second;
    if (!majority_sees(node, !down)) continue;
    if (peer.proposed.down == !down && now_ < peer.propose_again_at) continue;
    peer.proposed = {node, !down};
    peer.propose_again_at = now_ + settings_.heartbeat_ms;
    out_->proposals.push_back(peer.proposed);
  }
}

// A verdict needs a majority of all members, be it for down or for up: in between nothing changes. A node that reports
// speaks for itself.
bool FailureDetector::majority_sees(NodeId node, bool down) const {
  const Sight wanted = down ? Sight::down : Sight::up;
  std::size_t seen = sight(self_, node) == wanted ? 1 : 0;
  for (const auto& [observer, peer] : peers_)
    if (fresh(peer) && sight(observer, node) == wanted) ++seen;
  return seen >= majority();
}

bool FailureDetector::fresh(const Peer& peer) const {
  return peer.has_reported && now_ - peer.reported_at <= settings_.down_after_ms;
}

bool FailureDetector::subjectively_down(NodeId node) const {
  const auto found = peers_.find(node);
  return found != peers_.end() && found->second.down;
}

std::size_t FailureDetector::observers_that_see_down(NodeId node) const {
  std::size_t count = sight(self_, node) == Sight::down ? 1 : 0;
  for (const auto& [observer, peer] : peers_) count += sight(observer, node) == Sight::down ? 1 : 0;
  return count;
}

Sight FailureDetector::sight(NodeId observer, NodeId node) const {
  if (observer == node) return Sight::up;
  if (observer == self_) {
    const auto found = peers_.find(node);
    if (found == peers_.end()) return Sight::unknown;
    return found->second.down ? Sight::down : Sight::up;
  }
  const auto found = peers_.find(observer);
  if (found == peers_.end() || !fresh(found->second)) return Sight::unknown;
  return contains(found->second.sees_down, node) ? Sight::down : Sight::up;
}

std::vector<NodeId> FailureDetector::own_report() const {
  std::vector<NodeId> down;
  for (const auto& [id, peer] : peers_)
    if (peer.down) down.push_back(id);
  return down;
}

std::string matrix_text(const FailureDetector& detector, const std::vector<NodeId>& members) {
  std::string text;
  for (const NodeId observer : members) {
    text += fmt::format("{}:", observer.value);
    for (const NodeId node : members)
      text += fmt::format(" {}", "?10"[static_cast<int>(detector.sight(observer, node))]);
    text += '\n';
  }
  return text;
}

}  // namespace warren::cluster
