// The log as it is held in memory: the entries since its base. Everything at or before the base is in a snapshot.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "cluster/raft/types.hpp"

namespace warren::raft {

class Log {
 public:
  Log() = default;
  // Requires: entries follow the base without a gap.
  Log(Place base, std::vector<Entry> entries);

  Place base() const { return base_; }
  Index last_index() const { return base_.index + entries_.size(); }
  Place last() const { return entries_.empty() ? base_ : entries_.back().place; }
  std::size_t bytes() const { return bytes_; }

  // The term of an entry, or of the base; nothing where the log does not reach.
  std::optional<Term> term_at(Index index) const;
  bool holds(Place place) const { return term_at(place.index) == place.term; }
  // Requires: base().index < index <= last_index().
  const Entry& at(Index index) const;

  // The last place up to `index` whose term is not above `term`: where two logs may agree at best.
  Place last_agreeing(Index index, Term term) const;

  // Entries from `first` on: as many as fit, at least one if there is one. Requires: first > base().index.
  std::vector<Entry> slice(Index first, std::size_t bytes_max, std::size_t count_max) const;

  // Requires: the entry follows the last one.
  void append(Entry entry);
  // Forgets the entries after `index`. Requires: index >= base().index.
  void truncate_after(Index index);
  // Forgets the entries up to `index`, which becomes the base. Requires: base().index <= index <= last_index().
  void compact_to(Index index);
  // Forgets all and begins anew after a snapshot.
  void reset(Place base);

 private:
  Place base_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace warren::raft
