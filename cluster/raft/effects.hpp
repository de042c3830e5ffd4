// What a member of the group wants done. Each lane keeps its order; between lanes any order is right.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "cluster/raft/inputs.hpp"
#include "cluster/raft/wire/records.hpp"

namespace warren::raft {

struct Letter {
  NodeId to;
  Message message;
};

// To be persisted as a whole, in order of the numbers; answered with `Persisted`. Disc: synced. Ram and witness: only
// the state, only written.
struct Persist {
  std::uint64_t sequence = 0;
  bool sync = false;
  HardState state;
  std::optional<Snapshot> snapshot;   // takes the place of the one before; entries that it covers may go
  std::optional<Index> replace_from;  // stored entries from this index on go, then `entries` are added
  std::vector<Entry> entries;
};

// For the driven machine, in the order of the log. Blank and configuration entries come too: they count.
struct Apply {
  Entry entry;
};
// The driven machine forgets what it has and becomes this.
struct Install {
  Snapshot snapshot;
};
using ForMachine = std::variant<Apply, Install>;

enum class Refused : std::uint8_t {
  not_leader,      // ask the one that the status names
  no_disc,         // no disc node is running: definitions cannot be changed
  handing_over,    // another is about to lead
  too_much,        // the log or the line of proposals is full
  too_large,       // a bound of one input is broken
  change_pending,  // one change of membership at a time, and not before the leader has committed something
  not_caught_up,   // a learner that lags is not made a voter, and does not become leader
  not_allowed,     // see the complaint
};

// What became of a proposal.
struct Accepted {  // committed, and for definitions held durably by a disc member
  Ticket ticket = 0;
  Index index = 0;
};
struct Denied {  // has not happened and will not
  Ticket ticket = 0;
  Refused why = Refused::not_leader;
  std::optional<MembershipComplaint> complaint;
};
struct Uncertain {  // may happen yet or not: leadership was lost meanwhile
  Ticket ticket = 0;
};
using Answer = std::variant<Accepted, Denied, Uncertain>;

struct RoleChanged {
  Role role = Role::follower;
  Term term = 0;
  NodeId leader;  // none while there is none
};
// The log has grown: the driven machine should give a snapshot.
struct SnapshotWanted {};
// This member lost its memory and comes back under a new admission: somebody should propose to readmit it.
struct ReadmissionWanted {
  NodeId member;
  Admission admission = 0;
};
using Event = std::variant<RoleChanged, SnapshotWanted, ReadmissionWanted>;

struct Effects {
  std::vector<Letter> letters;
  std::vector<Persist> persists;
  std::vector<ForMachine> for_machine;
  std::vector<Answer> answers;
  std::vector<Event> events;
  Instant wake_at = kNever;  // a Tick is wanted then; of the last step
};

}  // namespace warren::raft
