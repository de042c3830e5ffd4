// Holds back what must not be said before the disk knows it.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "cluster/raft/effects.hpp"

namespace warren::raft {

// Numbers what is to be persisted, keeps answers until then, and knows up to where the log is durable.
class Outbox {
 public:
  explicit Outbox(Index durable) : durable_(durable) {}

  // Kept until everything persisted so far is durable, that of this step included.
  void hold(Letter letter) { fresh_.push_back(std::move(letter)); }

  // The step ends. With `persists`, something is to be persisted: gives its number, and the log will be durable up to
  // `last`.
  std::uint64_t close(bool persists, Index last);
  // Everything up to this number is durable.
  void persisted(std::uint64_t sequence);
  // Takes the next letter that need not wait any longer.
  bool take(Letter& letter);

  Index durable() const { return durable_; }
  // Entries after `index` are gone: what was durable of them counts no more.
  void truncated_after(Index index);
  // The log begins anew: nothing of it is durable.
  void forget_log() { truncated_after(0); }

 private:
  struct Held {
    std::uint64_t sequence;
    Letter letter;
  };
  struct Pending {
    std::uint64_t sequence;
    Index last;
  };
  std::vector<Letter> fresh_;  // of this step
  std::deque<Held> held_;
  std::deque<Pending> pending_;
  std::uint64_t issued_ = 0;
  std::uint64_t done_ = 0;
  Index durable_ = 0;
};

}  // namespace warren::raft
