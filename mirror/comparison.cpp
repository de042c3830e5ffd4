#include "mirror/comparison.hpp"

#include <algorithm>
#include <functional>

namespace warren::mirror {

using broker::Queued;
using broker::Range;

namespace {

// What is weighed of memory in one step.
constexpr std::size_t kBlockBytes = 1 << 20;

// Adding them up, no order matters.
std::uint64_t mixed(const Weight& one) {
  std::uint64_t sum = (one.position ^ one.weight >> 31) * 0xbf58476d1ce4e5b9;
  sum = (sum ^ one.weight ^ sum >> 27) * 0x94d049bb133111eb;
  return sum ^ sum >> 31;
}

}  // namespace

void Comparison::go_on(const broker::Queue& queue, const Shipping* shipping, Instant now, std::vector<Parcel>& parcels,
                       std::vector<broker::ChunkLoad>& loads) {
  if (ended_) return;
  at_once_ = false;
  if (!begun_) begin(queue, shipping, parcels);
  leave_out_lost(shipping);
  if (now >= until_ || queue.ref() != queue_) return end();
  if (!block_ && range_ < ours_.all().size()) begin_block(queue.level_count(), parcels);
  if (block_ && !block_is_weighed(queue, loads)) return;
  if (block_) compare_block();
  const bool more = range_ < ours_.all().size();
  const auto waits = [](const Party& party) { return party.answers() && !party.sealed; };
  if (!more && std::ranges::none_of(parties_, waits)) return end();
  at_once_ = more;
}

void Comparison::begin(const broker::Queue& queue, const Shipping* shipping, std::vector<Parcel>& parcels) {
  begun_ = true;
  ours_ = queue.live();
  messages_ = ours_.count();
  if (!ours_.empty()) next_position_ = ours_.all().front().first;
  queue.for_each_in_memory([this](const Queued& queued) { in_memory_.emplace_back(queued.position, queued.message); });
  std::ranges::sort(in_memory_, std::greater{}, &InMemory::first);
  if (shipping == nullptr) return;
  for (const Follower& follower : shipping->followers()) {
    Party& party = parties_.emplace_back(follower.node);
    party.serial = follower.serial;
    if (follower.state != Follower::State::whole) {
      party.verdict = Verdict::not_whole;
      continue;
    }
    parcels.push_back({follower.node, {queue_, Seal{number_, follower.serial, follower.last_sent()}}});
  }
}

// A talk that begins anew says nothing of the point at which the former one was compared.
void Comparison::leave_out_lost(const Shipping* shipping) {
  for (Party& party : parties_) {
    if (!party.answers() || party.sealed) continue;
    const auto talks = [&](const Follower& one) {
      return one.node == party.node && one.serial == party.serial && one.state == Follower::State::whole;
    };
    if (shipping == nullptr || std::ranges::none_of(shipping->followers(), talks)) party.verdict = Verdict::not_whole;
  }
}

// ---- positions ----

Comparison::Party* Comparison::find(NodeId node) {
  const auto found = std::ranges::find(parties_, node, &Party::node);
  return found == parties_.end() || ended_ ? nullptr : &*found;
}

void Comparison::on(NodeId from, const Sealed& sealed) {
  Party* party = find(from);
  if (party == nullptr || sealed.comparison != number_ || !party->answers() || party->sealed) return;
  if (!sealed.sound) party->verdict = Verdict::not_whole;
  for (const Range& range : sealed.ranges) compare(*party, range);
  if (!sealed.last || !party->answers()) return;
  party->sealed = true;
  if (party->next_range < ours_.all().size()) found(*party, ours_.all()[party->next_range].first, Fault::missing);
}

// Both lists are ascending, and no range touches the next one: the same positions are the same ranges.
void Comparison::compare(Party& party, const Range& theirs) {
  if (!party.answers()) return;
  if (party.next_range == ours_.all().size()) return found(party, theirs.first, Fault::surplus);
  const Range& own = ours_.all()[party.next_range++];
  if (own.first != theirs.first)
    found(party, std::min(own.first, theirs.first), own.first < theirs.first ? Fault::missing : Fault::surplus);
  else if (own.last != theirs.last)
    found(party, std::min(own.last, theirs.last) + 1, own.last > theirs.last ? Fault::missing : Fault::surplus);
}

void Comparison::found(Party& party, Position position, Fault fault) {
  party.verdict = Verdict::differs;
  party.difference = Difference{position, ours_.below(position).count() + 1, fault};
}

// ---- contents ----

void Comparison::begin_block(std::size_t levels, std::vector<Parcel>& parcels) {
  const Weigh block = next_block();
  block_.emplace(block, levels);
  while (!in_memory_.empty() && in_memory_.back().first <= block.last) {
    block_->add(in_memory_.back().first, *in_memory_.back().second);
    in_memory_.pop_back();
  }
  for (Party& party : parties_) {
    party.has_weighed = false;
    party.weights.clear();
    if (party.answers()) parcels.push_back({party.node, {queue_, block}});
  }
}

// So many messages as are weighed at once.
Weigh Comparison::next_block() {
  Weigh block{number_, next_position_, next_position_};
  std::size_t bytes = 0;
  auto next = in_memory_.rbegin();
  for (std::size_t count = 0; count < kWeightsMax && bytes < kBlockBytes && range_ < ours_.all().size(); ++count) {
    block.last = next_position_;
    if (next != in_memory_.rend() && next->first == next_position_) bytes += (next++)->second->footprint_bytes();
    if (next_position_++ < ours_.all()[range_].last) continue;
    if (++range_ < ours_.all().size()) next_position_ = ours_.all()[range_].first;
  }
  return block;
}

bool Comparison::block_is_weighed(const broker::Queue& queue, std::vector<broker::ChunkLoad>& loads) {
  if (block_->waits()) return false;
  if (const auto chunk = block_->next_chunk(queue.shelf(), [](broker::Level, Position) { return true; })) {
    loads.push_back({queue_, chunk->first, chunk->second, {}, true});
    return false;
  }
  return std::ranges::none_of(parties_, [](const Party& party) { return party.answers() && !party.has_weighed; });
}

void Comparison::loaded(const broker::ChunkLoad& load, const std::vector<broker::StoredMessage>& messages,
                        const broker::Queue& queue) {
  if (block_) (void)block_->loaded(load, messages, queue.shelf());
}

void Comparison::on(NodeId from, Weighed& weighed) {
  Party* party = find(from);
  if (party == nullptr || !party->answers() || weighed.comparison != number_) return;
  if (!block_ || weighed.first != block_->first()) return;
  party->has_weighed = true;
  party->weights = std::move(weighed.weights);
}

void Comparison::compare_block() {
  const std::vector<Weight> own = block_->take();
  block_.reset();
  weighed_ += own.size();
  for (const Weight& one : own) digest_ += mixed(one);
  for (Party& party : parties_) compare(party, own);
}

void Comparison::compare(Party& party, const std::vector<Weight>& own) {
  auto theirs = party.weights.cbegin();
  for (const Weight& one : own) {
    while (theirs != party.weights.cend() && theirs->position < one.position) ++theirs;
    if (!party.answers() || theirs == party.weights.cend()) return;
    if (theirs->position != one.position) continue;
    ++party.weighed;
    if (theirs->weight != one.weight) found(party, one.position, Fault::content);
  }
}

void Comparison::end() {
  ended_ = true;
  in_memory_.clear();
  block_.reset();
  for (Party& party : parties_)
    if (party.answers()) party.verdict = party.sealed ? Verdict::same : Verdict::no_answer;
}

}  // namespace warren::mirror
