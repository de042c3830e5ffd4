// The records of a shard's journal: what queues and the catalog want remembered, in order.
//
// A chunk of the journal holds records one behind the other. Numbers are varints (varint.hpp). Records of queues speak
// of the queue that the last `queue` record of the same chunk named.
//
//   1 queue      identity, position of the next enqueue
//   2 enqueue    deadline (milliseconds since 1970, plus one; zero: none), the message (message_record.hpp)
//   3 again      deadline as above, how many bytes before this record's tag the message of an earlier `enqueue` begins
//   4 settled    first position, how many more
//   5 delivered  level (1 octet), position: everything up to there on that level was with a client
//   6 definition erased (1 octet: 1 or 0), key and value (each: length, bytes)
//   7 chunk gone level (1 octet), first position, how many more to its last one: what was in it follows, or is settled
//
// Each enqueue takes the next position. Unknown tags end the reading of a chunk: a newer program's schema is refused
// earlier.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/message.hpp"
#include "broker/queue/stored/message_record.hpp"
#include "broker/queue/stored/values.hpp"

namespace warren::broker {

enum class RecordTag : std::uint8_t {
  queue = 1,
  enqueue = 2,
  again = 3,
  settled = 4,
  delivered = 5,
  definition = 6,
  chunk_gone = 7
};

// Collects the records of one step.
class RecordWriter {
 public:
  // What one stretch of records speaks of: a queue, and the positions that it enqueued there (first 0: none).
  struct Touched {
    QueueId queue;
    Position first = 0;
    Position last = 0;
  };

  // The records follow what the buffer holds already.
  void begin(ByteBuffer buffer) {
    out_ = std::move(buffer);
    begin_ = out_.size();
    touched_.clear();
  }
  bool begun() const { return out_.capacity() != 0; }
  bool empty() const { return out_.size() == begin_; }
  std::size_t bytes() const { return out_.size() - begin_; }
  // Of the records since the last begin().
  std::string_view view() const { return out_.view().substr(begin_); }
  // Gives the buffer away. The next records need a new begin().
  ByteBuffer take();
  // Of the records since the last begin(). A queue may stand in it more than once.
  const std::vector<Touched>& touched() const { return touched_; }

  void enqueue(QueueId queue, Position position, const MessageRef& message, WallMs deadline);
  void settled(QueueId queue, Position first, Position last);
  void delivered(QueueId queue, Level level, Position up_to);
  // The cold chunk that begins and ends there counts for nothing from here on. Requires: the messages of that level at
  // first..last that are to stay are enqueued in the same chunk of the journal.
  void chunk_gone(QueueId queue, Level level, Position first, Position last);
  void definition(std::string_view key, std::string_view value, bool erased);

 private:
  void speak_of(QueueId queue, Position next_position);
  void tag(RecordTag tag) { *out_.extend(1) = static_cast<char>(tag); }

  ByteBuffer out_;
  std::size_t begin_ = 0;
  QueueId queue_;
  Position next_position_ = 0;
  std::vector<Touched> touched_;
  MessageRef last_;  // the last message written, if other queues may want it too
  std::size_t last_at_ = 0;
};

// One record as read. Views are into the chunk.
struct ReadRecord {
  RecordTag tag = RecordTag::queue;
  QueueId queue;
  Position first = 0;  // enqueue, again: the position; settled, chunk_gone: the first; delivered: the last
  Position last = 0;
  Level level = 0;
  WallMs deadline = kNever;
  MessageGlance glance;
  std::string_view message;  // the message record of enqueue and again
  bool erased = false;
  std::string_view key;
  std::string_view value;
};

// Walks over the records of one chunk.
class RecordWalk {
 public:
  explicit RecordWalk(std::string_view chunk) : chunk_(chunk), reader_(chunk) {}

  // The next record that is not `queue`; null at the end, or when the bytes make no sense: then ok() is false.
  const ReadRecord* next();
  bool ok() const { return ok_; }

 private:
  bool read_one(RecordTag tag, std::size_t at);
  bool read_enqueue();
  bool read_again(std::size_t at);

  std::string_view chunk_;
  RecordReader reader_;
  ReadRecord record_;
  Position next_position_ = 0;
  bool ok_ = true;
};

}  // namespace warren::broker
