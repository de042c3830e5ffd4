#include "mirror/copy.hpp"

#include <algorithm>
#include <iterator>

#include "base/plant.hpp"
#include "broker/queue/stored/message_record.hpp"

namespace warren::mirror {

using broker::Level;
using broker::Queued;
using broker::Range;

void Copy::take_over(broker::QueueContents contents) {
  next_position_ = std::max(next_position_, contents.next_position);
  keeper_ = std::move(contents.keeper);
  if (keeper_ != nullptr) keeper_->tell_copies(false);
  for (Queued& queued : contents.messages) {
    hot_bytes_ += queued.message->footprint_bytes();
    const Position position = queued.position;
    messages_.emplace_hint(messages_.end(), position, std::move(queued));
  }
}

broker::QueueContents Copy::surrender() {
  broker::QueueContents contents;
  contents.next_position = next_position_;
  contents.messages.reserve(messages_.size());
  for (auto& [position, queued] : messages_) {
    const Level level = level_of(queued);
    const auto chunk = keeper_ == nullptr ? std::nullopt : keeper_->shelf().spans(level, position);
    // What a chunk in the store has is there twice; what a doubtful one has not was settled here.
    if (chunk && (keeper_->shelf().is_stored(level, *chunk) || !keeper_->shelf().holds(level, position))) continue;
    if (keeper_ != nullptr && keeper_->was_delivered(level, position)) queued.redelivered = 1;
    contents.messages.push_back(std::move(queued));
  }
  doubtful_.clear();
  contents.keeper = std::move(keeper_);
  messages_.clear();
  hot_bytes_ = 0;
  return contents;
}

void Copy::reign(QueueRef ref) {
  ref_ = ref;
  serial_ = 0;
  unanswered_.clear();
}

void Copy::on(const Begin& begin, CopyLanes& lanes) {
  serial_ = begin.serial;
  number_ = answered_ = 0;
  unanswered_.clear();
  // What this batch has written, or what went before.
  begun_with_ = lanes.journal.empty() ? std::max<std::uint64_t>(lanes.coming_write, 1) - 1 : lanes.coming_write;
  if (planted(308)) begun_with_ = 0;
  const broker::Ranges ranges = live();
  const std::vector<Range>& all = ranges.all();
  std::size_t at = 0;
  do {
    Holdings piece{serial_};
    const std::size_t end = std::min(all.size(), at + kRangesPerPiece);
    piece.ranges.assign(all.begin() + static_cast<std::ptrdiff_t>(at), all.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
    piece.last = at == all.size();
    lanes.mail.push_back({ref_, std::move(piece)});
  } while (at < all.size());
}

void Copy::on(const Shipment& shipment, const Now& now, CopyLanes& lanes) {
  // Of a talk that is over, or one whose beginning was lost.
  const bool gap = shipment.number != number_ + 1;
  if (shipment.serial != serial_ || gap) return lose(shipment.serial, lanes);
  number_ = shipment.number;
  journaled_ = false;
  if (shipment.records != nullptr && !apply(shipment.records->view(), now, lanes)) return lose(serial_, lanes);
  if (shipment.whole || planted(313)) drop_doubtful([](const Place&) { return true; }, now, lanes);
  finish(lanes);
  unanswered_.push_back({number_, journaled_ ? lanes.coming_write : begun_with_});
}

void Copy::lose(Serial serial, CopyLanes& lanes) {
  if (serial == serial_) {
    serial_ = 0;
    unanswered_.clear();
    finish(lanes);
  }
  lanes.mail.push_back({ref_, Lost{serial}});
}

void Copy::answer(std::uint64_t durable_write, std::vector<MirrorMail>& mail) {
  std::uint64_t number = 0;
  while (!unanswered_.empty() && (unanswered_.front().write <= durable_write || planted(300)))
    number = unanswered_.pop_front().number;
  if (serial_ == 0 || (number == 0 && answered_ == number_)) return;
  answered_ = number_;
  mail.push_back({ref_, Held{serial_, number, number_}});
}

bool Copy::apply(std::string_view records, const Now& now, CopyLanes& lanes) {
  broker::RecordWalk walk(records);
  last_bytes_ = {};
  while (const broker::ReadRecord* record = walk.next()) {
    if (record->queue != ref_.id) return false;
    switch (record->tag) {
      case broker::RecordTag::enqueue:
      case broker::RecordTag::again:
        if (!enqueue(*record, now, lanes)) return false;
        break;
      case broker::RecordTag::settled:
        if (!planted(309)) settle(record->first, record->last, now, lanes);
        break;
      case broker::RecordTag::delivered:
        if (record->level < levels_ && !planted(310)) keeper().delivered(record->level, record->last, durable_);
        break;
      default: return false;
    }
  }
  last_message_ = {};
  return walk.ok();
}

bool Copy::enqueue(const broker::ReadRecord& record, const Now& now, CopyLanes& lanes) {
  if (record.tag == broker::RecordTag::enqueue || last_bytes_.data() != record.message.data()) {
    broker::RecordReader reader(record.message);
    last_message_ = broker::read_message(reader);
    last_bytes_ = record.message;
  }
  if (!last_message_) return false;
  const Position position = record.first;
  const Level level = broker::level_of(*last_message_, levels_);
  next_position_ = std::max(next_position_, position + 1);
  const auto chunk = keeper().shelf().spans(level, position);
  const bool doubted = chunk && doubtful_.contains({level, *chunk});
  if (chunk && !doubted) {
    if (keeper().shelf().holds(level, position)) return true;
    // It was settled here, or died with a process, and was not where the owner is. The chunk cannot take it in.
    doubtful_.emplace(Place{level, *chunk}, keeper().shelf().note({ref_.id, level, *chunk}).last);
    return false;
  }
  Queued queued{last_message_, position, 0, to_instant(record.deadline, now)};
  const auto [place, fresh] = messages_.try_emplace(position, std::move(queued));
  if (fresh) hot_bytes_ += place->second.message->footprint_bytes();
  if (!fresh || doubted) return true;
  if (!durable_ || !last_message_->traits().persistent) return true;
  lanes.journal.enqueue(ref_.id, position, place->second.message, record.deadline);
  journaled_ = true;
  return true;
}

void Copy::forget(std::map<Position, Queued>::iterator at) {
  hot_bytes_ -= at->second.message->footprint_bytes();
  keeper().settled(level_of(at->second), at->first, durable_);
  messages_.erase(at);
}

void Copy::settle(Position first, Position last, const Now& now, CopyLanes& lanes) {
  for (auto at = messages_.lower_bound(first); at != messages_.end() && at->first <= last;) forget(at++);
  for (std::size_t level = 0; level < levels_; ++level)
    keeper().settled_range(static_cast<Level>(level), first, last, durable_);
  // With the last of its messages a chunk leaves by itself: what is among them must stand somewhere else.
  if (!doubtful_.empty())
    drop_doubtful([this](const Place& chunk) { return keeper().shelf().live_in(chunk.first, chunk.second) == 0; }, now,
                  lanes);
}

void Copy::give_away(const broker::Ranges& positions, const Now& now, CopyLanes& lanes) {
  for (const Range& range : positions.all()) settle(range.first, range.last, now, lanes);
  finish(lanes);
}

// What such chunks had and the owner has not sent once more is settled; the rest is here.
template <class Which>
void Copy::drop_doubtful(const Which& which, const Now& now, CopyLanes& lanes) {
  for (auto at = doubtful_.begin(); at != doubtful_.end();) {
    const auto here = at++;
    const auto [chunk, last] = *here;
    if (!which(chunk)) continue;
    doubtful_.erase(here);
    keeper().shelf().settle_range(chunk.first, chunk.second, last, [](Position) {});
    journal_instead(chunk, last, now, lanes);
  }
}

// In one write with the word that the chunk is gone: after a crash it is all of the chunk, or all that came instead.
void Copy::journal_instead(const Place& chunk, Position last, const Now& now, CopyLanes& lanes) {
  if (!durable_) return;
  lanes.journal.chunk_gone(ref_.id, chunk.first, chunk.second, last);
  journaled_ = true;
  for (auto at = messages_.lower_bound(chunk.second); at != messages_.end() && at->first <= last; ++at) {
    const Queued& queued = at->second;
    if (level_of(queued) != chunk.first || !queued.message->traits().persistent) continue;
    lanes.journal.enqueue(ref_.id, queued.position, queued.message, to_wall(queued.deadline, now));
  }
}

void Copy::finish(CopyLanes& lanes) {
  if (keeper_ == nullptr) return;
  keeper_->flush(ref_.id, lanes.journal);
  if (keeper_->shelf().has_erased()) keeper_->shelf().take_erased(ref_.id, lanes.erased_chunks);
}

broker::Ranges Copy::live() const {
  std::vector<Range> ranges;
  const auto wanted = [this](Level level, Position first) { return !doubtful_.contains({level, first}); };
  if (keeper_ != nullptr) broker::add_live(keeper_->shelf(), wanted, ranges);
  for (const auto& [position, queued] : messages_) ranges.push_back({position, position});
  return broker::Ranges::of(std::move(ranges));
}

broker::Keeper& Copy::keeper() {
  if (keeper_ == nullptr) keeper_ = std::make_unique<broker::Keeper>();
  return *keeper_;
}

}  // namespace warren::mirror
