// What the owner of a queue and the nodes with copies of it say to each other (ARCHITECTURE.md, mirrors). Plain values.
//
//   owner                         copy
//   Begin        ->                      from now on you hear of everything; what do you have?
//                          <-  Holdings  this
//   Shipment     ->                      what happened since, and what the copy lacked, in between
//                          <-  Held      that much of it is here, durably where durable, and so much is known
//                          <-  Lost      something is missing between what was heard: begin again
//
// An operator wants to know whether both have the same (comparison.hpp):
//
//   Seal         ->                      with this shipment you have what I have: what is it?
//                          <-  Sealed    this
//   Weigh        ->                      what do your messages at these positions contain?
//                          <-  Weighed   this, as a number for each
//
// The answers to a Begin and what follows it carry its serial; what carries another one is of a former talk. Mail
// between two shards keeps its order, so an answer is never overtaken.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "broker/queue/stored/ranges.hpp"

namespace warren::mirror {

using Serial = std::uint64_t;  // given by the owner; never twice in the life of its process

struct Begin {
  Serial serial = 0;
};

struct Shipment {
  Serial serial = 0;
  std::uint64_t number = 0;                   // from 1 in each talk, without a gap
  std::shared_ptr<const ByteBuffer> records;  // as in a journal (broker/queue/stored/records.hpp); null: none
  bool whole = false;                         // with this the copy has everything
};

// In pieces.
struct Holdings {
  Serial serial = 0;
  std::vector<broker::Range> ranges = {};
  bool last = true;
};

struct Held {
  Serial serial = 0;
  std::uint64_t number = 0;  // the last shipment that is durable, and all before; zero: none
  std::uint64_t seen = 0;    // the last one that has come: what it tells would be known if the owner were lost
};

struct Lost {
  Serial serial = 0;
};

// Names one comparison of the owner's; never twice in the life of its process.
using ComparisonNumber = std::uint64_t;

struct Seal {
  ComparisonNumber comparison = 0;
  Serial serial = 0;
  std::uint64_t number = 0;  // of the last shipment before this
};

// In pieces.
struct Sealed {
  ComparisonNumber comparison = 0;
  bool sound = true;  // false: the copy has not just what was sent up to that shipment
  std::vector<broker::Range> ranges = {};
  bool last = true;
};

struct Weigh {
  ComparisonNumber comparison = 0;
  Position first = 0;
  Position last = 0;
};

// Of one message: the same for the same contents.
struct Weight {
  Position position = 0;
  std::uint64_t weight = 0;
  friend constexpr bool operator==(const Weight&, const Weight&) = default;
};

struct Weighed {
  ComparisonNumber comparison = 0;
  Position first = 0;                // as it was asked for
  std::vector<Weight> weights = {};  // ascending; what cannot be weighed is left out
};

using Content = std::variant<Begin, Shipment, Holdings, Held, Lost, Seal, Sealed, Weigh, Weighed>;

struct MirrorMail {
  QueueRef queue;  // of the reign in which it was sent
  Content content;
};

// Mail and where it goes: the shard that has the queue, or the copy, on that node.
struct Parcel {
  NodeId to;
  MirrorMail mail;
};

// A piece of Holdings or Sealed has at most so many ranges.
inline constexpr std::size_t kRangesPerPiece = 4096;
// Messages that are weighed at once.
inline constexpr std::size_t kWeightsMax = 1024;

}  // namespace warren::mirror
