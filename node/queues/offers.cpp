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
  if (taken.messages.empty() && taken.left_out == 0) return;
  Line& line = lines_.emplace_back(Line{std::move(taken.vhost), std::move(taken.queue)});
  for (Message& message : taken.messages) line.waiting.push_back(std::move(message));
  line.left_out = taken.left_out;
  next_ms_ = 0;
}

void Offers::publish(const broker::Catalog& catalog, SessionRef publisher, Instant now,
                     std::vector<broker::QueueMail>& mail) {
  next_ms_ = kNever;
  for (Line& line : lines_) publish(line, catalog, publisher, now, mail);
  std::erase_if(lines_, [this](const Line& line) {
    if (!line.waiting.empty() || !line.under_way.empty()) return false;
    return tell(line), true;
  });
}

void Offers::publish(Line& line, const broker::Catalog& catalog, SessionRef publisher, Instant now,
                     std::vector<broker::QueueMail>& mail) {
  const broker::VhostDefinition* vhost = catalog.find_vhost(line.vhost);
  const broker::QueueDefinition* queue = vhost == nullptr ? nullptr : catalog.find_queue(vhost->id, line.queue);
  if (queue == nullptr) {
    line.given_up += line.waiting.size() + line.under_way.size();
    line.waiting.clear();
    line.under_way.clear();
    return;
  }
  const auto old = [now](const auto& one) { return one.second.since + kAnswer_ms <= now; };
  auto late = std::find_if_not(line.under_way.begin(), line.under_way.end(), old);
  // The latest first, so that they wait in their order.
  while (late != line.under_way.begin()) {
    again(line, std::move((--late)->second.message), false);
    late = line.under_way.erase(late);
  }
  const broker::NodeDefinition* owner = catalog.node(queue->owner);
  if (owner != nullptr) line.owner = owner->name;
  if (now >= line.not_before && catalog.node_running(queue->owner)) {
    for (; !line.waiting.empty() && line.under_way.size() < kUnderWayMax; line.waiting.pop_front()) {
      Message& message = line.waiting.front();
      const std::uint64_t sequence = ++last_sequence_;
      mail.push_back(
          {queue->ref, broker::Enqueue{message.message, publisher, kChannel, sequence, message.redelivered}});
      line.under_way.emplace(sequence, UnderWay{std::move(message), now});
    }
  }
  if (!line.under_way.empty()) next_ms_ = std::min(next_ms_, line.under_way.begin()->second.since + kAnswer_ms);
  const bool room = line.under_way.size() < kUnderWayMax;
  if (!line.waiting.empty() && room) next_ms_ = std::min(next_ms_, std::max(line.not_before, now + kRetry_ms));
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
  if (line.left_out != 0) text += fmt::format("; {} were on the disk alone, and are lost", line.left_out);
  log_.push_back(std::move(text));
  ended_.push_back({line.vhost, line.queue, line.owner, line.arrived, line.given_up + line.left_out});
}

std::vector<std::string> Offers::take_log() { return std::exchange(log_, {}); }
std::vector<MessagesOffered> Offers::take_ended() { return std::exchange(ended_, {}); }

Offers::Taken taken_by(const broker::Queue& queue, const broker::CatalogCounters& former, bool all) {
  const auto wanted = [&](Position position) { return all || broker::begun_by(former, broker::reign_of(position)); };
  std::map<Position, Offers::Message> found;
  const std::vector<Position> marks = queue.note().delivered;
  const auto take = [&](const broker::Queued& queued, bool with_client) {
    if (!wanted(queued.position)) return;
    const std::size_t level = broker::level_of(*queued.message, queue.level_count());
    const bool marked = level < marks.size() && queued.position <= marks[level];
    found.emplace(queued.position, Offers::Message{queued.message, with_client || queued.redelivered != 0 || marked});
  };
  queue.for_each_unsettled([&](const broker::Queued& queued) { take(queued, true); });
  queue.for_each_in_memory([&](const broker::Queued& queued) { take(queued, false); });
  Offers::Taken taken;
  std::uint64_t there = 0;
  const broker::Ranges live = queue.live();
  for (const broker::Range& range : live.all())
    if (wanted(range.first)) there += range.last - range.first + 1;
  for (auto& [position, message] : found) taken.messages.push_back(std::move(message));
  taken.left_out = there - std::min<std::uint64_t>(there, taken.messages.size());
  return taken;
}

}  // namespace warren::node
