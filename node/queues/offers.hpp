// Messages that this node took while it went on by a log that was given up since: they are published anew, to the
// queue's owner in the log that counts (architecture 5, a split).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/message.hpp"
#include "broker/queue/messages.hpp"
#include "broker/queue/queue.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "broker/queue/stored/values.hpp"
#include "broker/session/mail.hpp"
#include "node/registrar/happening.hpp"

namespace warren::node {

// A publisher without a client. What is not confirmed in time, or refused, is published again, and says that it may be
// there twice; what is refused for long is given up. Cold chunks stay in the store until they were read. Lives in
// memory: what the end of the process takes with it the node's disk still has when it starts, and then nobody asks for
// it.
class Offers {
 public:
  // No client has this identity.
  static constexpr SessionId kPublisher{~std::uint64_t{0}};

  struct Message {
    broker::MessageRef message;
    bool redelivered = false;
    int refused = 0;
    Position position = 0;  // where it was taken
  };
  struct Chunk {
    broker::Level level = 0;
    Position first = 0;
  };
  // What was taken by one queue, in order.
  struct Taken {
    std::string vhost;
    std::string queue;
    std::vector<Message> messages = {};
    QueueId id = {};                     // when it was taken
    std::vector<Chunk> chunks = {};      // in which the rest is, in the order of their first positions
    broker::Ranges rest = {};            // positions of what is on the disk alone
    std::vector<Position> seen_to = {};  // by level: up to there clients may have seen it

    broker::Ranges positions() const;
    // All of it may be there already.
    void flag_all();
  };

  void add(Taken taken);
  bool idle() const { return lines_.empty(); }
  // Whether publish() has something to do.
  bool due(Instant now) const { return now >= next_ms_; }
  Instant deadline() const { return idle() ? kNever : next_ms_; }
  // Publishes what may be under way at once, and asks for the chunk that comes next. Requires: nothing but what this
  // node's catalog says is to be waited for.
  void publish(const broker::Catalog& catalog, SessionRef publisher, Instant now, std::vector<broker::QueueMail>& mail,
               std::vector<broker::ChunkLoad>& loads);
  // A chunk that was asked for, damaged or not.
  void loaded(const broker::ChunkLoad& load, const std::vector<broker::StoredMessage>& messages, Instant now);
  // Takes from what is to be erased in the store what was not read yet, and gives back what was.
  void withhold(std::vector<broker::ChunkKey>& erased);
  // What a queue says to the publisher.
  void hear(const broker::QueueEvent& event, Instant now);
  // What became of each queue's, once it is known: for people, and for the exchange of events.
  std::vector<std::string> take_log();
  std::vector<MessagesOffered> take_ended();

 private:
  struct UnderWay {
    Message message;
    Instant since = 0;
  };
  struct Line {
    std::string vhost;
    std::string queue;
    std::deque<Message> waiting = {};
    std::map<std::uint64_t, UnderWay> under_way = {};  // by sequence number
    Instant not_before = 0;
    std::uint64_t arrived = 0;
    std::uint64_t given_up = 0;
    std::string owner = {};  // of the queue, by name
    QueueId id = {};
    std::deque<Chunk> chunks = {};
    broker::Ranges rest = {};
    std::vector<Position> seen_to = {};
    bool reads = false;  // the first of the chunks

    bool empty() const { return waiting.empty() && under_way.empty() && chunks.empty(); }
    bool chunk_is_next() const {
      return !chunks.empty() && (waiting.empty() || chunks.front().first < waiting.front().position);
    }
  };

  void publish(Line& line, const broker::Catalog& catalog, SessionRef publisher, Instant now,
               std::vector<broker::QueueMail>& mail);
  void look_late(Line& line, Instant now);
  static void drop(Line& line);
  static void take_in(Line& line, broker::Level level, const std::vector<broker::StoredMessage>& messages);
  bool wants(const broker::ChunkKey& key) const;
  // Before all that waits, in its order.
  static void again(Line& line, Message message, bool refused);
  void tell(const Line& line);

  std::vector<Line> lines_;
  std::vector<broker::ChunkKey> withheld_;
  std::uint64_t last_sequence_ = 0;
  Instant next_ms_ = kNever;
  std::vector<std::string> log_;
  std::vector<MessagesOffered> ended_;
};

// What such a queue has below that position: of the reigns that the former log began, or all.
Offers::Taken taken_by(const broker::Queue& queue, const broker::CatalogCounters& former, Position end, bool all);

}  // namespace warren::node
