// Snapshots: taken, sent in pieces, put together, installed. Paper, section 7.
#include <algorithm>

#include "cluster/limits.hpp"
#include "cluster/raft/raft.hpp"

namespace warren::raft {

void Raft::on(SnapshotTaken& input) {
  snapshot_asked_ = false;
  const std::size_t size = input.bytes ? input.bytes->size() : 0;
  const bool useful = input.index > snapshot_.last.index && input.index <= applied_ && log_.term_at(input.index);
  if (!useful || size > limits::kSnapshotBytesMax) return;
  snapshot_ = {{*log_.term_at(input.index), input.index}, history_.at(input.index), std::move(input.bytes)};
  snapshot_unsaved_ = true;
  const Index kept = settings_.kept_entries;
  const Index base = input.index > kept ? input.index - kept : 0;
  if (base <= log_.base().index) return;
  log_.compact_to(base);
  history_.compact_to(base);
}

void Raft::begin_snapshot(NodeId to, Peer& peer) {
  peer.sending = snapshot_;
  peer.progress.begin_snapshot(snapshot_.last.index);
  send_piece(to, peer, false);
}

// The next piece; as a heartbeat without bytes, so that the answer tells what is still missing.
void Raft::send_piece(NodeId to, Peer& peer, bool heartbeat) {
  Progress& progress = peer.progress;
  if (heartbeat) progress.snapshot_heartbeat();
  if (!heartbeat && !progress.may_send()) return;
  const Snapshot& snapshot = peer.sending;
  SnapshotPiece piece{snapshot.last, encode(snapshot.configuration), snapshot.size(), progress.snapshot_offset(), {}};
  if (!heartbeat && snapshot.bytes) piece.bytes = snapshot.bytes->substr(piece.offset, limits::kSnapshotPieceBytes);
  progress.sent(snapshot.last.index);
  send(to, std::move(piece));
}

void Raft::handle(const Head& head, SnapshotAnswer& answer) {
  const auto found = peers_.find(head.from);
  if (role_ != Role::leader || found == peers_.end()) return;
  Peer& peer = found->second;
  hear(head, peer);
  Progress& progress = peer.progress;
  const bool current = progress.state() == Progress::State::snapshot && answer.index == progress.snapshot_index();
  if (!current || answer.received > peer.sending.size()) return;
  if (progress.snapshot_received(answer.received)) send_piece(head.from, peer, false);
}

void Raft::handle(const Head& head, SnapshotPiece& piece) {
  if (role_ == Role::leader) return;  // nobody else leads in this term
  follow(head.from);
  if (log_.holds(piece.last)) commit_ = std::max(commit_, piece.last.index);
  if (piece.last.index <= commit_) {
    arriving_.reset();
    return hold(head.from, AppendAnswer{true, commit_, {}});
  }
  if (!arriving_ || arriving_->last != piece.last || arriving_->total != piece.total) {
    Configuration configuration;
    if (!decode(piece.configuration, configuration)) return;
    arriving_ = Arriving{piece.last, std::move(configuration), piece.total, {}};
  }
  if (piece.offset == arriving_->bytes.size()) arriving_->bytes += piece.bytes;
  if (arriving_->bytes.size() < arriving_->total)
    return hold(head.from, SnapshotAnswer{piece.last.index, arriving_->bytes.size()});
  install();
  hold(head.from, AppendAnswer{true, commit_, {}});
}

void Raft::install() {
  SnapshotBytes bytes;
  if (arriving_->total > 0) bytes = std::make_shared<const std::string>(std::move(arriving_->bytes));
  snapshot_ = {arriving_->last, std::move(arriving_->configuration), std::move(bytes)};
  arriving_.reset();
  snapshot_unsaved_ = true;
  snapshot_asked_ = false;
  unsaved_from_ = 0;  // what was stored belongs to another past
  log_.reset(snapshot_.last);
  history_ = ConfigurationHistory(snapshot_.configuration, snapshot_.last.index);
  outbox_.forget_log();
  commit_ = snapshot_.last.index;
}

}  // namespace warren::raft
