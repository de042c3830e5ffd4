// What a member writes down, as records of numbered fields.
#pragma once

#include <string>
#include <string_view>

#include "cluster/raft/parts/configuration.hpp"
#include "cluster/raft/types.hpp"

namespace warren::raft {

// What a member must never forget while it lives. For a ram member this is the whole file.
struct HardState {
  Term term = 0;
  NodeId vote;              // given in that term
  Place mark;               // ram: the last entry that was acknowledged
  std::uint64_t boot = 0;   // ram: under which run of the operating system this was written
  Admission admission = 0;  // under which it is or wants to be a member
  bool admitted = false;    // it has seen that it was made a voter under it
  friend bool operator==(const HardState&, const HardState&) = default;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.term);
    visit.number(2, self.vote.value);
    visit.record(3, self.mark);
    visit.number(4, self.boot);
    visit.number(5, self.admission);
    visit.flag(6, self.admitted);
  }
};

// The state of the driven machine after all entries up to a place. The bytes are kept beside this record.
struct Snapshot {
  Place last;
  Configuration configuration;  // in force there
  SnapshotBytes bytes;          // none: the beginning, before any entry
  std::size_t size() const { return bytes ? bytes->size() : 0; }
};

std::string encode(const HardState& state);
bool decode(std::string_view bytes, HardState& state);

std::string encode(const Entry& entry);
bool decode(std::string_view bytes, Entry& entry);

// Without the bytes of the snapshot, which decoding leaves as they are.
std::string encode(const Snapshot& snapshot);
bool decode(std::string_view bytes, Snapshot& snapshot);

}  // namespace warren::raft
