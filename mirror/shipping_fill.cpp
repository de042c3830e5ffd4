// How a copy gets what it lacks, beside what is new.
#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>
#include <utility>

#include "base/plant.hpp"
#include "mirror/shipping.hpp"

namespace warren::mirror {

using broker::Level;
using broker::Queued;
using broker::Range;
using broker::Ranges;
using broker::StoredMessage;

namespace {

// What may be on its way to one copy beside what is new: a link's worth, so that what is new waits for little.
constexpr std::size_t kFillWindowBytes = 1 << 20;
// Room for one of the marks of what was delivered.
constexpr std::size_t kMarkBytes = 16;
constexpr std::size_t kFillBytes = 256 << 10;  // in one shipment
// Of what is in memory so much is kept at hand to be sent.
constexpr std::size_t kGatheredBytes = 8 << 20;
// In one second while clients use the queue: filling takes processors and disks that serve them, too.
constexpr std::uint64_t kFillBytesPerSecondInUse = 32 << 20;
constexpr Instant kInUseFor_ms = 100;
// Ranges of holdings that are taken in. A copy in more pieces gets more than it lacks.
constexpr std::size_t kHoldingsMax = 1 << 20;

// Of the chunk; zero when it is no more.
Position last_of(const broker::Shelf& shelf, const broker::ChunkLoad& load) {
  return shelf.live_in(load.level, load.first) == 0 ? 0 : shelf.note({load.queue.id, load.level, load.first}).last;
}

// How far the queue had delivered before the copy began to hear of it; null: it had not.
std::shared_ptr<const ByteBuffer> delivered_marks(const broker::Queue& queue) {
  const std::vector<Position> marks = queue.note().delivered;
  if (std::ranges::all_of(marks, [](Position mark) { return mark == 0; })) return nullptr;
  broker::RecordWriter writer;
  ByteBuffer blank;
  blank.extend(kMarkBytes * marks.size());
  blank.clear();
  writer.begin(std::move(blank));
  for (std::size_t level = 0; level < marks.size(); ++level)
    if (marks[level] != 0) writer.delivered(queue.ref().id, static_cast<Level>(level), marks[level]);
  return std::make_shared<const ByteBuffer>(writer.take());
}

}  // namespace

bool Shipping::on(NodeId from, Holdings& holdings, const broker::Queue& queue) {
  Follower* follower = in_talk(from, holdings.serial);
  if (follower == nullptr || follower->state != Follower::State::asked) return false;
  if (follower->holdings.size() < kHoldingsMax)
    std::ranges::move(holdings.ranges, std::back_inserter(follower->holdings));
  if (!holdings.last) return false;
  const Ranges theirs = Ranges::of(std::exchange(follower->holdings, {}));
  const Ranges ours = queue.live().below(follower->boundary);
  // What it has and must not: the records of this batch tell everybody, which harms nobody.
  const Ranges surplus = theirs.without(ours);
  if (!planted(306))
    for (const Range& range : surplus.all()) records().settled(queue_.id, range.first, range.last);
  follower->missing = planted(307) ? Ranges{} : ours.without(theirs);
  follower->lacked = follower->missing.count();
  // Who had something, or everything once, gets the rest at once: only a first copy waits for an operator.
  follower->fill_wanted |= !theirs.empty() || queue_.epoch.value > 1 || std::ranges::count(once_whole_, from) != 0;
  follower->state = Follower::State::lacking;
  return true;
}

void Shipping::fill(Follower& follower, const broker::Queue& queue, const Now& now, ShippingLanes& lanes) {
  follower.pace.rest();
  // A copy that has nothing to begin with waits until an operator wants it filled, or nothing old is left.
  const bool wanted = may_fill_ || follower.in_set || follower.fill_wanted;
  if (!wanted && !follower.missing.empty()) return;
  // One shipment at a time while publishers wait: what is new goes first.
  const std::size_t window = waiting_.empty() ? kFillWindowBytes : 1;
  while (follower.fill_unanswered < window && !follower.loading) {
    if (!follower.pace.allows(fill_rate(follower, now.instant_ms), now.instant_ms)) return;
    if (!follower.gathered.empty()) {
      send_gathered(follower, lanes);
      continue;
    }
    // What was in memory when others were read may lie in a chunk now.
    const bool looks_at_all = follower.next_chunk == std::pair<Level, Position>{};
    if (load_next(follower, queue, lanes)) return;
    gather(follower, queue, now);
    if (follower.gathered.empty() && looks_at_all) return close(follower, queue, lanes);
  }
}

// Publishers wait for who is in the set, so that it hurries.
std::uint64_t Shipping::fill_rate(const Follower& follower, Instant now) const {
  if (follower.in_set || now >= used_at_ + kInUseFor_ms) return fill_bytes_per_s_max_;
  return fill_bytes_per_s_max_ == 0 ? kFillBytesPerSecondInUse
                                    : std::min(fill_bytes_per_s_max_, kFillBytesPerSecondInUse);
}

// It has been sent everything.
void Shipping::close(Follower& follower, const broker::Queue& queue, ShippingLanes& lanes) {
  follower.missing = {};
  follower.state = planted(314) ? Follower::State::whole : Follower::State::closing;
  send(follower, delivered_marks(queue), true, lanes);
  follower.sent_one(index_, 0);
  follower.closing_number = follower.number;
}

// Looking at all that is in memory is dear: it is done once for many shipments.
void Shipping::gather(Follower& follower, const broker::Queue& queue, const Now& now) const {
  std::size_t bytes = 0;
  queue.for_each_in_memory([&](const Queued& queued) {
    if (bytes >= kGatheredBytes || !follower.missing.contains(queued.position)) return;
    bytes += queued.message->footprint_bytes();
    follower.gathered.push_back(
        {queued.message, queued.position, to_wall(queued.deadline, now), queued.redelivered != 0});
  });
  std::ranges::sort(follower.gathered, std::greater{}, &StoredMessage::position);
}

// As much of it as goes into one shipment.
void Shipping::send_gathered(Follower& follower, ShippingLanes& lanes) {
  broker::RecordWriter writer;
  ByteBuffer blank;
  blank.extend(kFillBytes);
  blank.clear();
  writer.begin(std::move(blank));
  std::vector<Range> sent;
  while (!follower.gathered.empty() && writer.bytes() < kFillBytes) {
    const StoredMessage& one = follower.gathered.back();
    // Some was settled since.
    if (follower.missing.contains(one.position)) {
      writer.enqueue(queue_.id, one.position, one.message, one.deadline);
      sent.push_back({one.position, one.position});
    }
    follower.gathered.pop_back();
  }
  if (sent.empty()) return;
  follower.filled += sent.size();
  follower.missing = follower.missing.without(Ranges::of(std::move(sent)));
  const std::size_t bytes = writer.bytes();
  follower.fill_unanswered += bytes;
  follower.pace.sent(bytes);
  send(follower, std::make_shared<const ByteBuffer>(writer.take()), false, lanes);
  follower.sent_one(index_, bytes);
}

// Asks for the next chunk that has some of what is missing. False: from here on none has; the search begins anew.
bool Shipping::load_next(Follower& follower, const broker::Queue& queue, ShippingLanes& lanes) {
  const broker::Shelf* shelf = queue.shelf();
  const auto has_missing = [&](Level, Position first, const broker::Shelf::Chunk& chunk) {
    if (!chunk.stored || !follower.missing.touches(first, chunk.last)) return false;
    for (Position position = first; position <= chunk.last; ++position)
      if (!chunk.dead.test(position - first) && follower.missing.contains(position)) return true;
    return false;
  };
  const std::pair<Level, Position> from = std::exchange(follower.next_chunk, {});
  if (shelf != nullptr && !follower.missing.empty()) follower.loading = shelf->find_from(from, has_missing);
  if (!follower.loading) return false;
  follower.next_chunk = {follower.loading->first, follower.loading->second + 1};
  lanes.loads.push_back({queue_, follower.loading->first, follower.loading->second, follower.node});
  return true;
}

bool Shipping::loaded(const broker::ChunkLoad& load, const std::vector<StoredMessage>& messages,
                      const broker::Queue& queue) {
  Follower* follower = find(load.for_copy);
  if (follower == nullptr || follower->loading != std::pair(load.level, load.first)) return false;
  follower->loading.reset();
  if (follower->state != Follower::State::lacking) return false;
  const broker::Shelf* shelf = queue.shelf();
  for (const StoredMessage& one : messages | std::views::reverse)
    if (shelf != nullptr && shelf->holds(load.level, one.position) && follower->missing.contains(one.position))
      follower->gathered.push_back(one);
  // What of it did not come is settled, or damaged: nobody has it.
  std::vector<Range> lost;
  const Position last = shelf == nullptr ? 0 : last_of(*shelf, load);
  for (Position position = load.first; position <= last; ++position) {
    if (shelf->holds(load.level, position) &&
        !std::ranges::binary_search(messages, position, {}, &StoredMessage::position))
      lost.push_back({position, position});
  }
  follower->missing = follower->missing.without(Ranges::of(std::move(lost)));
  return true;
}

}  // namespace warren::mirror
