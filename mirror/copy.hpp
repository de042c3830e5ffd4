// The copy of a queue on a node that does not own it: what the owner has told, ready to become the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/ring.hpp"
#include "base/time.hpp"
#include "broker/queue/parts/ready_level.hpp"
#include "broker/queue/stored/contents.hpp"
#include "broker/queue/stored/records.hpp"
#include "broker/queue/stored/values.hpp"
#include "mirror/messages.hpp"

namespace warren::mirror {

// Where the effects of a copy go. Requires: begun.
struct CopyLanes {
  broker::RecordWriter& journal;
  std::uint64_t coming_write = 0;  // the number of the write that the journal's records go into
  std::vector<MirrorMail>& mail;   // to the owner
  std::vector<broker::ChunkKey>& erased_chunks;
};

// Like a queue it journals what is persistent and gives messages to cold chunks; unlike one it never reads them back.
// What it held of a former reign it keeps until an owner has said what of that is right.
class Copy {
 public:
  // For a queue with so many levels. `durable`: it and its persistent messages survive a restart.
  Copy(QueueRef ref, std::size_t levels, bool durable) : ref_(ref), levels_(levels), durable_(durable) {}

  // What was here before it was a copy. Requires: nothing was given to it before.
  void take_over(broker::QueueContents contents);
  // Gives everything away.
  broker::QueueContents surrender();
  // Another reign: who owned the queue is not to be heard any more.
  void reign(QueueRef ref);
  QueueRef ref() const { return ref_; }
  std::size_t levels() const { return levels_; }

  void on(const Begin& begin, CopyLanes& lanes);
  void on(const Shipment& shipment, const Now& now, CopyLanes& lanes);
  // These are somebody else's from now on.
  void give_away(const broker::Ranges& positions, const Now& now, CopyLanes& lanes);
  // Answers what has come and what has become durable: to be called after each batch, and when the journal has gone on.
  void answer(std::uint64_t durable_write, std::vector<MirrorMail>& mail);
  // Whether answer() waits for the journal.
  bool waits() const { return !unanswered_.empty(); }
  // Whether an owner has begun to tell.
  bool in_talk() const { return serial_ != 0; }

  broker::Ranges live() const;
  std::size_t messages() const { return messages_.size(); }
  // visit(position, message) for those in memory, ascending.
  template <class Visit>
  void for_each_in_memory(Visit&& visit) const {
    for (const auto& [position, queued] : messages_) visit(position, queued.message);
  }

  // Those at first..last, until visit says false.
  template <class Visit>
  void for_each_in_memory(Position first, Position last, Visit&& visit) const {
    for (auto at = messages_.lower_bound(first); at != messages_.end() && at->first <= last; ++at)
      if (!visit(at->first, at->second.message)) return;
  }
  // Whether it has just what was sent up to that shipment of that talk.
  bool stands_at(Serial serial, std::uint64_t number) const {
    return serial != 0 && serial == serial_ && number == number_;
  }
  // Null: nothing was ever stored.
  const broker::Shelf* shelf() const { return keeper_ == nullptr ? nullptr : &keeper_->shelf(); }
  // Whether a chunk is to go: what of it is to stay is in memory, too.
  bool doubts(broker::Level level, Position chunk) const { return doubtful_.contains({level, chunk}); }

  // ---- storage: as broker::Queue has it ----
  std::size_t hot_bytes() const { return hot_bytes_; }
  std::size_t page_out(std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                       std::vector<broker::ChunkWrite>& writes);
  bool write_cold(Position first, Position last, std::size_t bytes_max, std::size_t chunk_bytes, const Now& now,
                  std::vector<broker::ChunkWrite>& writes);
  void written(broker::Level level, Position chunk);
  broker::ChunkNote chunk_note(broker::Level level, Position chunk) const;
  void take_changed(std::vector<broker::ChunkNote>& notes, std::vector<broker::ChunkKey>& erased);
  broker::QueueNote note() const;
  // All chunks are erased, nothing is left, and what is here later is another copy, also for who reads the journal.
  void drop(broker::RecordWriter& journal, std::vector<broker::ChunkKey>& erased_chunks);

 private:
  using Place = std::pair<broker::Level, Position>;
  struct Unanswered {
    std::uint64_t number = 0;
    std::uint64_t write = 0;  // of the journal, to be waited for
  };

  // False: the records make no sense here, the talk must begin again.
  bool apply(std::string_view records, const Now& now, CopyLanes& lanes);
  bool enqueue(const broker::ReadRecord& record, const Now& now, CopyLanes& lanes);
  void settle(Position first, Position last, const Now& now, CopyLanes& lanes);
  void finish(CopyLanes& lanes);
  // Those of which `which(place)` holds.
  template <class Which>
  void drop_doubtful(const Which& which, const Now& now, CopyLanes& lanes);
  void journal_instead(const Place& chunk, Position last, const Now& now, CopyLanes& lanes);
  void lose(Serial serial, CopyLanes& lanes);
  void forget(std::map<Position, broker::Queued>::iterator at);
  broker::Level level_of(const broker::Queued& queued) const { return broker::level_of(*queued.message, levels_); }
  broker::Keeper& keeper();

  QueueRef ref_;
  std::size_t levels_;
  bool durable_;
  Serial serial_ = 0;           // of the talk; zero: none
  std::uint64_t number_ = 0;    // of the last shipment
  std::uint64_t answered_ = 0;  // of the last one that the owner knows to have come
  Position next_position_ = 1;
  std::map<Position, broker::Queued> messages_;  // in memory: in no chunk, or in one that is being written
  std::size_t hot_bytes_ = 0;                    // footprints of those
  std::unique_ptr<broker::Keeper> keeper_;       // none: nothing was ever stored
  // Chunks among whose messages one is missing, and the last position of each. They stay until the owner has sent all
  // that they have once more, which is journaled only then.
  std::map<Place, Position> doubtful_;
  broker::MessageRef last_message_;  // of the shipment in hand: records may refer to it
  std::string_view last_bytes_;
  bool journaled_ = false;  // by the shipment in hand
  // What the talk began with is durable with this write: nothing is answered before.
  std::uint64_t begun_with_ = 0;
  Ring<Unanswered> unanswered_;
};

}  // namespace warren::mirror
