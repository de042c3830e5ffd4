// The words of Raft: terms, places in the log, entries, kinds of members.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include "base/ids.hpp"

namespace warren::raft {

using Term = std::uint64_t;
using Index = std::uint64_t;
// Names one stay of a member in the group: what was lost with a reboot comes back under another one.
using Admission = std::uint64_t;

// A place in a log. Comparing two logs by their last places tells which is more up to date (paper, section 5.4.1).
struct Place {
  Term term = 0;
  Index index = 0;
  friend constexpr auto operator<=>(const Place&, const Place&) = default;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.term);
    visit.number(2, self.index);
  }
};

// Disc members keep the log on disk. Ram members and witnesses keep it in memory, and a mark of how far they had it.
enum class Kind : std::uint8_t { none, disc, ram, witness };

// Definitions need a live disc member, topology does not. The other two are the group's own.
enum class EntryClass : std::uint8_t { none, blank, configuration, definitions, topology };

struct Entry {
  Place place;
  EntryClass of = EntryClass::none;
  std::string command;
  friend bool operator==(const Entry&, const Entry&) = default;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.place.term);
    visit.number(2, self.place.index);
    visit.choice(3, self.of, EntryClass::topology);
    visit.text(4, self.command);
  }
};

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

// The bytes of a snapshot: never changed, therefore shared.
using SnapshotBytes = std::shared_ptr<const std::string>;

}  // namespace warren::raft
