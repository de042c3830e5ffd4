// What a leader knows of one other member (Ongaro's thesis, section 10.2.1; the states are those of etcd's design).
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "cluster/raft/types.hpp"

namespace warren::raft {

class Progress {
 public:
  enum class State : std::uint8_t {
    probe,      // one append at a time, until it is known where the logs agree
    replicate,  // appends are pipelined
    snapshot,   // the member is sent a snapshot in pieces
  };

  explicit Progress(Index next) : next_(next) {}

  State state() const { return state_; }
  Index match() const { return match_; }  // the member holds everything up to there
  Index next() const { return next_; }    // sent next
  bool active() const { return active_; }
  std::uint64_t incarnation() const { return incarnation_; }
  Admission admission() const { return admission_; }

  // An answer has come. True when it is from another process than before, whose predecessor's words are forgotten.
  bool heard_from(std::uint64_t incarnation, Admission admission, Index next);
  // Gives whether it was active since the last call, and forgets it.
  bool take_active();

  // Whether entries may be sent now.
  bool may_send() const;
  // Entries up to `last` are on their way; in probe and snapshot everything waits for an answer.
  void sent(Index last);
  // The member holds everything up to `index`. True when that is news.
  bool matched(Index index);
  // The member has not got what comes before `rejected + 1`; it may agree at `agreeing`. False when that is old news.
  bool rejected(Index rejected, Index agreeing);

  // Begins to send the snapshot at `index`, from its first byte on.
  void begin_snapshot(Index index);
  Index snapshot_index() const { return snapshot_index_; }
  std::size_t snapshot_offset() const { return snapshot_offset_; }
  // A heartbeat is due: when nothing has moved since the last one, the next answer sends the piece again.
  void snapshot_heartbeat();
  // The member has so many bytes of the snapshot. Whether the next piece should be sent.
  bool snapshot_received(std::size_t bytes);

 private:
  State state_ = State::probe;
  Index match_ = 0;
  Index next_ = 0;
  std::deque<Index> in_flight_;  // the last index of each append that was not answered
  bool paused_ = false;
  bool active_ = false;
  bool known_ = false;  // some answer has come
  std::uint64_t incarnation_ = 0;
  Admission admission_ = 0;
  Index snapshot_index_ = 0;
  std::size_t snapshot_offset_ = 0;
  std::size_t offset_at_heartbeat_ = 0;
  bool stalled_ = false;
};

}  // namespace warren::raft
