// Publishes of one channel that wait for their queues, in the order of their sequence numbers (amqp.md 3.16).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "base/ring.hpp"

namespace warren::broker::session {

// One basic.ack or basic.nack to send.
struct ConfirmVerdict {
  std::uint64_t tag = 0;
  bool multiple = false;
  bool rejected = false;
};

// Counts, per publish, the queues that have not answered. Verdicts come in runs: everything below the oldest open
// publish in as few frames as possible, and what is complete beyond it one by one. Queues do not say who they are when
// they answer: if a node is lost that owed an answer, the whole publish counts as rejected, which is the safe side.
class Confirms {
 public:
  // A publish went to that many queues; zero means it is complete at once. With `rejected` there is one that it cannot
  // reach. Returns its sequence number, from 1.
  std::uint64_t publish(std::uint32_t queues, bool rejected = false) {
    entries_.push_back({queues, queues == 0 ? State::complete : State::open, rejected});
    if (queues == 0) {
      changed_ = true;
      any_rejected_ |= rejected;
    } else {
      ++open_;
    }
    return first_ + entries_.size() - 1;
  }

  // Some of the queues of the last publish live on another node.
  void owe(NodeId node);
  // What one node owes (none: what is owed here, all that is open) another may answer instead: the loss of either
  // counts.
  void hand_on(NodeId from, NodeId to);
  // Nobody on that node answers any more.
  void lose(NodeId node);
  // The same of what it answers only because it was handed on to it.
  void lose_handed_on(NodeId node);

  // One queue answered for the publishes first..last. Numbers that are not open are ignored: a queue may answer for a
  // channel's former incarnation.
  void answer(std::uint64_t first, std::uint64_t last, bool rejected);

  // Publishes that still wait for a queue.
  std::size_t open() const { return open_; }
  bool changed() const { return changed_; }
  bool any_rejected() const { return any_rejected_; }

  // Appends what can be told to the client now and forgets it.
  void flush(std::vector<ConfirmVerdict>& verdicts);

 private:
  enum class State : std::uint8_t { open, complete, told };
  struct Entry {
    std::uint32_t waiting;
    State state;
    bool rejected;
  };

  // Neighbouring publishes of which one node owes an answer, or owed it while they were open.
  struct Debt {
    NodeId node;  // none: lost
    std::uint64_t first;
    std::uint64_t last;
    bool handed_on = false;
  };

  void lose(Debt& debt);
  void complete(Entry& entry, std::uint64_t number);
  void flush_prefix(std::vector<ConfirmVerdict>& verdicts);
  void flush_beyond(std::vector<ConfirmVerdict>& verdicts);

  Ring<Entry> entries_;
  Ring<Debt> debts_;                   // none while all queues live on this node
  std::uint64_t first_ = 1;            // sequence number of entries_[0]
  std::uint64_t completed_first_ = 0;  // lowest number completed since the last flush; zero: none
  std::uint64_t completed_last_ = 0;   // highest
  std::size_t open_ = 0;
  bool changed_ = false;
  bool any_rejected_ = false;
};

}  // namespace warren::broker::session
