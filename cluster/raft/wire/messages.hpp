// What members of a group say to each other. As bytes: u8 kind, then the head and the body as numbered fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cluster/limits.hpp"
#include "cluster/raft/types.hpp"

namespace warren::raft {

// Stands before every message.
struct Head {
  NodeId from;
  std::uint64_t lineage = 0;      // of the group's log: members of another lineage do not listen
  Term term = 0;                  // that of the sender
  std::uint64_t incarnation = 0;  // differs for every process of the sender
  Admission admission = 0;        // under which the sender believes to be a member

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.from.value);
    visit.number(2, self.lineage);
    visit.number(3, self.term);
    visit.number(4, self.incarnation);
    visit.number(5, self.admission);
  }
};

// Asks for a vote in the term of the head; if it is only a question whether one would be given, in the term after that.
struct VoteRequest {
  bool question = false;
  bool at_leaders_wish = false;  // the old leader hands over: it need not be protected
  Place last;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.flag(1, self.question);
    visit.flag(2, self.at_leaders_wish);
    visit.record(3, self.last);
  }
};

struct VoteAnswer {
  bool question = false;
  bool granted = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.flag(1, self.question);
    visit.flag(2, self.granted);
  }
};

// Entries that follow `previous`. Without entries it is a heartbeat.
struct Append {
  Place previous;
  Index commit = 0;
  std::vector<Entry> entries;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.record(1, self.previous);
    visit.number(2, self.commit);
    visit.records(3, self.entries, limits::kAppendEntriesMax);
  }
};

// Accepted: `index` is the last entry that both are known to hold. Else `index` is the previous one that was missing,
// and `agreeing` the last place where the logs may agree.
struct AppendAnswer {
  bool accepted = false;
  Index index = 0;
  Place agreeing;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.flag(1, self.accepted);
    visit.number(2, self.index);
    visit.record(3, self.agreeing);
  }
};

struct SnapshotPiece {
  Place last;                 // up to where the snapshot goes
  std::string configuration;  // in force there
  std::uint64_t total = 0;    // bytes of the whole
  std::uint64_t offset = 0;
  std::string bytes;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.record(1, self.last);
    visit.text(2, self.configuration);
    visit.number(3, self.total);
    visit.number(4, self.offset);
    visit.text(5, self.bytes);
  }
};

struct SnapshotAnswer {
  Index index = 0;
  std::uint64_t received = 0;  // bytes from the first one on

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.index);
    visit.number(2, self.received);
  }
};

// The leader hands over to the one who hears this.
struct CampaignNow {
  template <class Self, class Visitor>
  static void fields(Self&, Visitor&) {}
};

using Body = std::variant<VoteRequest, VoteAnswer, Append, AppendAnswer, SnapshotPiece, SnapshotAnswer, CampaignNow>;

struct Message {
  Head head;
  Body body;
};

std::string encode(const Message& message);
// False for what is no message, breaks a bound or does not hang together. Nothing is trusted: neither lengths nor
// kinds.
bool decode(std::string_view bytes, Message& message);

}  // namespace warren::raft
