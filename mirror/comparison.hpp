// Whether the copies of a queue are what their owner is, found out while the queue works.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/message.hpp"
#include "broker/queue/queue.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "broker/queue/stored/values.hpp"
#include "mirror/messages.hpp"
#include "mirror/shipping.hpp"
#include "mirror/weighing.hpp"

namespace warren::mirror {

// Positions are compared at one point of the owner's talk: a copy that has taken in just what was sent up to there has
// just the positions that the owner had when it sent it. Contents are compared afterwards, block by block: what a
// position contains never changes, and what is settled meanwhile is left out.
class Comparison {
 public:
  enum class Verdict : std::uint8_t {
    open,
    same,
    differs,
    not_whole,  // it is not in sync, or its talk began anew: not compared
    no_answer,
  };
  enum class Fault : std::uint8_t {
    missing,  // the owner has it, the copy has not
    surplus,  // the other way round
    content,  // both have it, and it is not the same
  };
  // The first one.
  struct Difference {
    Position position = 0;
    std::uint64_t place = 0;  // among the owner's messages, from 1
    Fault fault = Fault::missing;
  };
  struct Party {
    explicit Party(NodeId party) : node(party) {}

    NodeId node;
    Verdict verdict = Verdict::open;
    std::optional<Difference> difference = {};
    std::uint64_t weighed = 0;  // messages compared by what they contain; the others by position alone

   private:
    friend class Comparison;
    bool answers() const { return verdict == Verdict::open; }

    Serial serial = 0;
    bool sealed = false;
    std::size_t next_range = 0;  // of the owner's, to be compared with the next one of the copy's
    bool has_weighed = false;    // the block
    std::vector<Weight> weights = {};
  };

  // It ends at `until` at the latest.
  Comparison(QueueRef queue, ComparisonNumber number, Instant until) : queue_(queue), number_(number), until_(until) {}

  // One piece of work, at the end of a batch: all that the queue did was sent to its copies. `shipping` is null when
  // nobody mirrors the queue.
  void go_on(const broker::Queue& queue, const Shipping* shipping, Instant now, std::vector<Parcel>& parcels,
             std::vector<broker::ChunkLoad>& loads);
  // From a copy. go_on is to be called soon.
  void on(NodeId from, const Sealed& sealed);
  void on(NodeId from, Weighed& weighed);
  // A chunk that was read for it; the same.
  void loaded(const broker::ChunkLoad& load, const std::vector<broker::StoredMessage>& messages,
              const broker::Queue& queue);
  // When go_on is due, whatever comes.
  Instant deadline() const { return ended_ ? kNever : at_once_ ? 0 : until_; }

  bool ended() const { return ended_; }
  // ---- when it has ended ----
  const std::vector<Party>& parties() const { return parties_; }
  std::uint64_t messages() const { return messages_; }
  // Of the owner's, weighed. What was settled meanwhile is not among them.
  std::uint64_t weighed() const { return weighed_; }
  // Of positions and contents: the same for the same messages, as far as they are weighed.
  std::uint64_t digest() const { return digest_; }

 private:
  using InMemory = std::pair<Position, broker::MessageRef>;

  void begin(const broker::Queue& queue, const Shipping* shipping, std::vector<Parcel>& parcels);
  void leave_out_lost(const Shipping* shipping);
  void begin_block(std::size_t levels, std::vector<Parcel>& parcels);
  Weigh next_block();
  bool block_is_weighed(const broker::Queue& queue, std::vector<broker::ChunkLoad>& loads);
  void compare_block();
  void compare(Party& party, const std::vector<Weight>& own);
  void compare(Party& party, const broker::Range& range);
  void found(Party& party, Position position, Fault fault);
  void end();
  Party* find(NodeId node);

  QueueRef queue_;
  ComparisonNumber number_;
  Instant until_;
  bool begun_ = false;
  bool ended_ = false;
  bool at_once_ = false;  // there is more to do
  std::uint64_t messages_ = 0;
  std::uint64_t weighed_ = 0;
  std::uint64_t digest_ = 0;
  broker::Ranges ours_;
  std::vector<InMemory> in_memory_;  // when it began, and not weighed yet; the next one last
  std::size_t range_ = 0;            // of ours: those before were weighed
  Position next_position_ = 0;       // and of that one what is before
  std::optional<Weighing> block_;
  std::vector<Party> parties_;
};

}  // namespace warren::mirror
