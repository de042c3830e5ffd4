// What the simulation knows of its own doing: messages, queues, readers and channels, and what clients have seen of
// them.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "tests/sim/scene.hpp"
#include "tests/sim/workloads/topology.hpp"
#include "tests/sim/world/disk/disk_settings.hpp"

namespace warren::sim {

using MessageNumber = std::uint64_t;  // from 1
using ChannelUid = std::uint32_t;     // one per channel ever opened
using ReaderUid = std::uint32_t;      // one per consumer ever, and one per channel and queue for gets

inline constexpr Micros kOpenEnd = std::numeric_limits<Micros>::max();
// What a client's end sets in motion is through after this long, while faults last.
inline constexpr Micros kAftermath = kSecond;
// A settlement is not answered: it may be on its way to the queue, or to the disk, for this long.
inline constexpr Micros kSettleWay = 100 * kMilli;

enum class PublishState : std::uint8_t {
  sent,  // nothing is known yet
  confirmed,
  nacked,
  uncommitted,  // in a transaction that is open
  committing,
  committed,
  rolled_back,
};

// A message in one queue.
struct Copy {
  QueueIndex queue = kNoQueue;
  bool surely_routed = true;  // otherwise: seen there, and it may have gone there
  bool dead_letter = false;
  std::uint16_t first_seen = 0;  // deliveries without the redelivered flag that clients saw
  std::uint16_t again_seen = 0;  // and with it
  std::uint32_t done_life = 0;   // of the node, when it was
  Micros done_at = 0;
  bool done = false;  // a client acknowledged or discarded it, or took it without acknowledgement
  bool discarded = false;
  ChannelUid done_on = 0;
};

struct Message {
  MessageNumber number = 0;
  ChannelUid channel = 0;
  std::uint64_t order = 0;  // among the publishes of its channel
  std::uint32_t target = 0;
  std::uint32_t body_bytes = 0;
  std::uint8_t priority = 0;
  bool persistent = false;
  bool mandatory = false;
  bool wants_confirm = false;
  bool returned = false;
  PublishState state = PublishState::sent;
  std::uint32_t life = 0;  // of the node
  Micros sent_at = 0;
  std::vector<Copy> copies;
};

// Publishes of one channel and priority keep their order.
using OrderKey = std::pair<ChannelUid, std::uint8_t>;

struct Reader {
  QueueIndex queue = 0;
  ChannelUid channel = 0;
  bool shared_limit = false;
  bool no_ack = false;
  std::uint32_t life = 0;
  Micros until = kOpenEnd;
  std::map<OrderKey, std::uint64_t> last_first_seen;  // order of the last message seen for the first time
  std::vector<std::pair<OrderKey, std::uint64_t>>
      surely_back;  // requeued, and every later delivery was sent after that
};

// That reader ended, as far as its client heard: deliveries to it may have gone back unseen, and come to others late.
struct ReturnRisk {
  ReaderUid reader = 0;
  Micros from = 0;
  Micros until = 0;
};

struct QueueFacts {
  std::vector<ReaderUid> readers;  // ever
  std::vector<ReturnRisk> risks;
  Micros lost_until = -1;  // messages sent until then may have been lost with a reader that does not acknowledge
  Micros dark_until =
      -1;  // messages sent until then may have been delivered to a client that was cut off before it saw them
};

struct ChannelFacts {
  bool ended = false;
  bool broken = false;  // ended otherwise than by the client's channel.close or connection.close
  std::uint64_t published = 0;
  std::vector<ReaderUid> readers;
};

struct Crash {
  Micros at = 0;
  CrashKind kind = CrashKind::process;
  bool disk_failed = false;  // before, in that life

  // What had not become durable may be gone, though the node had it.
  bool forgets() const { return kind == CrashKind::power || disk_failed; }
};

struct Facts {
  explicit Facts(const Topology& topology_in) : topology(topology_in), queues(topology_in.queues.size()) {}

  const Topology& topology;
  std::vector<Message> messages;  // by number - 1
  std::vector<QueueFacts> queues;
  std::vector<ChannelFacts> channels;
  std::vector<Reader> readers;
  std::vector<Crash> crashes;  // each ended a life of the node
  bool disk_failed = false;    // ever
  bool paging = false;         // what is beyond a limit may have to be read before it is dropped
  bool whole = true;           // everything is declared that should be

  std::uint32_t life() const { return static_cast<std::uint32_t>(crashes.size()); }
  // Crashes between those lives after which the node may have forgotten something.
  std::uint32_t lapses(std::uint32_t from, std::uint32_t to) const {
    std::uint32_t lapses = 0;
    for (std::uint32_t life = from; life < to; ++life) lapses += crashes[life].forgets() ? 1 : 0;
    return lapses;
  }
  Message& message(MessageNumber number) { return messages[number - 1]; }
  Copy* find_copy(Message& message, QueueIndex queue, bool dead_letter) {
    for (Copy& copy : message.copies)
      if (copy.queue == queue && copy.dead_letter == dead_letter) return &copy;
    return nullptr;
  }
};

}  // namespace warren::sim
