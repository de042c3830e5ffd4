#include "node/queues/offers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "broker/catalog/mirrors/reign_numbers.hpp"
#include "broker/queue/stored/contents.hpp"

namespace warren::node {
namespace {

// Of one queue, at once.
constexpr std::size_t kUnderWayMax = 64;
// An owner that has not answered by then may never.
constexpr Instant kAnswer_ms = 5000;
constexpr Instant kRetry_ms = 250;
// A queue that refuses a message so often is full, and stays so.
constexpr int kRefusedMax = 40;
constexpr broker::ChannelRef kChannel{1, 1};

}  // namespace

void Offers::add(Taken taken) {
  if (taken.messages.empty() && taken.rest.empty()) return;
  Line& line = lines_.emplace_back(Line{std::move(taken.vhost), std::move(taken.queue)});
  for (Message& message : taken.messages) line.waiting.push_back(std::move(message));
  line.id = taken.id;
  line.chunks.assign(taken.chunks.begin(), taken.chunks.end());
  line.rest = std::move(taken.rest);
  line.seen_to = std::move(taken.seen_to);
  next_ms_ = 0;
}

void Offers::publish(const broker::Catalog& catalog, SessionRef publisher, Instant now,
                     std::vector<broker::QueueMail>& mail, std::vector<broker::ChunkLoad>& loads) {
  next_ms_ = kNever;
  for (Line& line : lines_) {
    publish(line, catalog, publisher, now, mail);
    if (!line.chunk_is_next() || std::exchange(line.reads, true)) continue;
    const Chunk& chunk = line.chunks.front();
    loads.push_back({{line.id, {}}, chunk.level, chunk.first, {}, false, true});
  }
  std::erase_if(lines_, [this](const Line& line) {
    if (!line.empty()) return false;
    return tell(line), true;
  });
}

void Offers::publish(Line& line, const broker::Catalog& catalog, SessionRef publisher, Instant now,
                     std::vector<broker::QueueMail>& mail) {
  const broker::VhostDefinition* vhost = catalog.find_vhost(line.vhost);
  const broker::QueueDefinition* queue = vhost == nullptr ? nullptr : catalog.find_queue(vhost->id, line.queue);
  if (queue == nullptr) return drop(line);
  look_late(line, now);
  const broker::NodeDefinition* owner = catalog.node(queue->owner);
  if (owner != nullptr) line.owner = owner->name;
  if (now >= line.not_before && catalog.node_running(queue->owner)) {
    for (; !line.waiting.empty() && !line.chunk_is_next() && line.under_way.size() < kUnderWayMax;
         line.waiting.pop_front()) {
      Message& message = line.waiting.front();
      const std::uint64_t sequence = ++last_sequence_;
      mail.push_back(
          {queue->ref, broker::Enqueue{message.message, publisher, kChannel, sequence, message.redelivered}});
      line.under_way.emplace(sequence, UnderWay{std::move(message), now});
    }
  }
  if (!line.under_way.empty()) next_ms_ = std::min(next_ms_, line.under_way.begin()->second.since + kAnswer_ms);
  const bool room = line.under_way.size() < kUnderWayMax;
  if (!line.waiting.empty() && !line.chunk_is_next() && room)
    next_ms_ = std::min(next_ms_, std::max(line.not_before, now + kRetry_ms));
}

// What nobody has answered for.
void Offers::look_late(Line& line, Instant now) {
  const auto old = [now](const auto& one) { return one.second.since + kAnswer_ms <= now; };
  auto late = std::find_if_not(line.under_way.begin(), line.under_way.end(), old);
  // The latest first, so that they wait in their order.
  while (late != line.under_way.begin()) {
    again(line, std::move((--late)->second.message), false);
    late = line.under_way.erase(late);
  }
}

void Offers::drop(Line& line) {
  line.given_up += line.waiting.size() + line.under_way.size() + line.rest.count();
  line.waiting.clear();
  line.under_way.clear();
  line.chunks.clear();
  line.rest = {};
}

void Offers::loaded(const broker::ChunkLoad& load, const std::vector<broker::StoredMessage>& messages, Instant now) {
  const auto reads = [&](const Line& line) {
    return line.reads && line.id == load.queue.id && !line.chunks.empty() && line.chunks.front().level == load.level &&
           line.chunks.front().first == load.first;
  };
  const auto line = std::ranges::find_if(lines_, reads);
  if (line == lines_.end()) return;
  take_in(*line, load.level, messages);
  line->chunks.pop_front();
  line->reads = false;
  next_ms_ = std::min(next_ms_, now);
}

void Offers::take_in(Line& line, broker::Level level, const std::vector<broker::StoredMessage>& messages) {
  const Position seen_to = level < line.seen_to.size() ? line.seen_to[level] : 0;
  std::vector<broker::Range> found;
  for (const broker::StoredMessage& one : messages) {
    if (!line.rest.contains(one.position)) continue;
    found.push_back({one.position, one.position});
    Message message{one.message, one.redelivered || one.position <= seen_to, 0, one.position};
    const auto at = std::ranges::upper_bound(line.waiting, one.position, {}, &Message::position);
    line.waiting.insert(at, std::move(message));
  }
  line.rest = line.rest.without(broker::Ranges::of(std::move(found)));
}

bool Offers::wants(const broker::ChunkKey& key) const {
  const auto has = [&](const Line& line) {
    return line.id == key.queue && std::ranges::any_of(line.chunks, [&](const Chunk& chunk) {
             return chunk.level == key.level && chunk.first == key.first;
           });
  };
  return std::ranges::any_of(lines_, has);
}

void Offers::withhold(std::vector<broker::ChunkKey>& erased) {
  if (idle() && withheld_.empty()) return;
  std::vector<broker::ChunkKey> kept;
  for (std::vector<broker::ChunkKey>* keys : {&erased, &withheld_})
    std::erase_if(*keys, [&](const broker::ChunkKey& key) { return wants(key) && (kept.push_back(key), true); });
  erased.insert(erased.end(), withheld_.begin(), withheld_.end());
  withheld_ = std::move(kept);
}

void Offers::again(Line& line, Message message, bool refused) {
  // Nobody knows whether it was kept.
  message.redelivered |= !refused;
  line.waiting.push_front(std::move(message));
}

void Offers::hear(const broker::QueueEvent& event, Instant now) {
  const auto* confirmed = std::get_if<broker::Confirmed>(&event);
  const auto* rejected = std::get_if<broker::Rejected>(&event);
  if (confirmed == nullptr && rejected == nullptr) return;
  const std::uint64_t first = confirmed != nullptr ? confirmed->first : rejected->first;
  const std::uint64_t last = confirmed != nullptr ? confirmed->last : rejected->last;
  for (Line& line : lines_) {
    const auto begin = line.under_way.lower_bound(first);
    const auto end = line.under_way.upper_bound(last);
    // The latest first, so that they wait in their order.
    for (auto at = end; at != begin;) {
      UnderWay& one = (--at)->second;
      if (confirmed != nullptr)
        ++line.arrived;
      else if (++one.message.refused >= kRefusedMax)
        ++line.given_up;
      else
        again(line, std::move(one.message), true), line.not_before = now + kRetry_ms;
    }
    line.under_way.erase(begin, end);
  }
  next_ms_ = std::min(next_ms_, now);
}

void Offers::tell(const Line& line) {
  std::string text = fmt::format("queue '{}' in vhost '{}': of what this node took while it went on alone, {} messages",
                                 line.queue, line.vhost, line.arrived);
  text += line.owner.empty() ? " went to its owner" : fmt::format(" went to its owner, node {}", line.owner);
  if (line.given_up != 0) text += fmt::format("; {} were not taken, and are lost", line.given_up);
  if (!line.rest.empty()) text += fmt::format("; {} could not be read, and are lost", line.rest.count());
  log_.push_back(std::move(text));
  ended_.push_back({line.vhost, line.queue, line.owner, line.arrived, line.given_up + line.rest.count()});
}

std::vector<std::string> Offers::take_log() { return std::exchange(log_, {}); }
std::vector<MessagesOffered> Offers::take_ended() { return std::exchange(ended_, {}); }

broker::Ranges Offers::Taken::positions() const {
  std::vector<broker::Range> all = rest.all();
  for (const Message& message : messages) all.push_back({message.position, message.position});
  return broker::Ranges::of(std::move(all));
}

void Offers::Taken::flag_all() {
  for (Message& message : messages) message.redelivered = true;
  for (Position& position : seen_to) position = ~Position{0};
}

Offers::Taken taken_by(const broker::Queue& queue, const broker::CatalogCounters& former, Position end, bool all) {
  const auto wanted = [&](Position position) {
    return position < end && (all || broker::begun_by(former, broker::reign_of(position)));
  };
  std::map<Position, Offers::Message> found;
  Offers::Taken taken;
  taken.id = queue.ref().id;
  taken.seen_to = queue.note().delivered;
  const auto take = [&](const broker::Queued& queued, bool with_client) {
    if (!wanted(queued.position)) return;
    const std::size_t level = broker::level_of(*queued.message, queue.level_count());
    const bool marked = level < taken.seen_to.size() && queued.position <= taken.seen_to[level];
    const bool seen = with_client || queued.redelivered != 0 || marked;
    found.emplace(queued.position, Offers::Message{queued.message, seen, 0, queued.position});
  };
  queue.for_each_unsettled([&](const broker::Queued& queued) { take(queued, true); });
  queue.for_each_in_memory([&](const broker::Queued& queued) { take(queued, false); });
  std::vector<broker::Range> there;
  const broker::Ranges live = queue.live().below(end);
  std::ranges::copy_if(live.all(), std::back_inserter(there), [&](const auto& range) { return wanted(range.first); });
  std::vector<broker::Range> in_memory;
  for (auto& [position, message] : found) {
    in_memory.push_back({position, position});
    taken.messages.push_back(std::move(message));
  }
  taken.rest = broker::Ranges::of(std::move(there)).without(broker::Ranges::of(std::move(in_memory)));
  if (const broker::Shelf* shelf = queue.shelf(); shelf != nullptr && !taken.rest.empty())
    shelf->for_each([&](broker::Level level, Position first, const broker::Shelf::Chunk& chunk) {
      if (chunk.stored && taken.rest.touches(first, chunk.last)) taken.chunks.push_back({level, first});
    });
  std::ranges::sort(taken.chunks, {}, &Offers::Chunk::first);
  return taken;
}

}  // namespace warren::node
