#include "mirror/weighing.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <string_view>

#include "base/bytes.hpp"

namespace warren::mirror {

using broker::Level;
using broker::Range;
using broker::Shelf;
using broker::StoredMessage;

namespace {

// What is weighed of memory in one step: a shard has other things to do.
constexpr std::size_t kBytesMax = 4 << 20;

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;

std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) {
  sum = (sum ^ word) * kOdd;
  return sum ^ std::rotr(sum, 29);
}

// With its length: what one part loses the next one does not make up for.
std::uint64_t mixed(std::uint64_t sum, std::string_view bytes) {
  sum = mixed(sum, bytes.size());
  for (; bytes.size() >= sizeof(std::uint64_t); bytes.remove_prefix(sizeof(std::uint64_t)))
    sum = mixed(sum, load_big<std::uint64_t>(bytes.data()));
  std::uint64_t rest = 0;
  for (const char one : bytes) rest = rest << 8 | static_cast<std::uint8_t>(one);
  return mixed(sum, rest);
}

}  // namespace

std::uint64_t weight_of(const broker::Message& message) {
  const broker::MessageTraits& traits = message.traits();
  std::uint64_t sum = mixed(kOdd, message.encoded_names());
  sum = mixed(sum, message.properties());
  sum = mixed(sum, message.body());
  sum = mixed(sum, static_cast<std::uint64_t>(traits.expiration_ms));
  const auto flags = static_cast<std::uint64_t>((traits.persistent ? 1 : 0) | (traits.died_here ? 2 : 0));
  return mixed(mixed(sum, traits.priority), flags);
}

bool Weighing::add(Position position, const broker::Message& message) {
  weights_.push_back({position, weight_of(message)});
  bytes_ += message.footprint_bytes();
  return weights_.size() < kWeightsMax && bytes_ < kBytesMax;
}

bool Weighing::has(Position position) const {
  return std::ranges::binary_search(weights_, position, {}, &Weight::position);
}

bool Weighing::lacks(Position first, const Shelf::Chunk& chunk) const {
  for (Position at = std::max(first, wanted_.first); at <= std::min(chunk.last, wanted_.last); ++at)
    if (!chunk.dead.test(at - first) && !has(at)) return true;
  return false;
}

std::optional<Weighing::Place> Weighing::next_chunk(const Shelf* shelf,
                                                    const std::function<bool(Level, Position)>& wanted) {
  for (; shelf != nullptr && level_ < levels_ && weights_.size() < kWeightsMax; ++level_, next_chunk_ = 0) {
    const auto level = static_cast<Level>(level_);
    if (next_chunk_ == 0) next_chunk_ = shelf->spans(level, wanted_.first).value_or(wanted_.first);
    bool beyond = false;
    const auto found = shelf->find_from({level, next_chunk_}, [&](Level at, Position first, const Shelf::Chunk& chunk) {
      beyond = at != level || first > wanted_.last;
      return beyond || (chunk.stored && wanted(level, first) && lacks(first, chunk));
    });
    if (!found || beyond) continue;
    next_chunk_ = found->second + 1;
    loading_ = found;
    return found;
  }
  return std::nullopt;
}

bool Weighing::loaded(const broker::ChunkLoad& load, const std::vector<StoredMessage>& messages, const Shelf* shelf) {
  if (loading_ != Place{load.level, load.first}) return false;
  loading_.reset();
  std::vector<Weight> fresh;
  for (const StoredMessage& one : messages) {
    if (one.position < wanted_.first || one.position > wanted_.last || has(one.position)) continue;
    if (shelf == nullptr || shelf->holds(load.level, one.position) != load.first) continue;
    if (weights_.size() + fresh.size() >= kWeightsMax) break;
    fresh.push_back({one.position, weight_of(*one.message)});
  }
  weights_.insert(weights_.end(), fresh.begin(), fresh.end());
  std::ranges::sort(weights_, {}, &Weight::position);
  return true;
}

// ---- the copy's side ----

void answer(const Seal& seal, const Copy& copy, std::vector<MirrorMail>& mail) {
  if (!copy.stands_at(seal.serial, seal.number)) {
    mail.push_back({copy.ref(), Sealed{seal.comparison, false, {}, true}});
    return;
  }
  const broker::Ranges ranges = copy.live();
  const std::vector<Range>& all = ranges.all();
  std::size_t at = 0;
  do {
    const std::size_t end = std::min(all.size(), at + kRangesPerPiece);
    Sealed piece{seal.comparison, true, {}, end == all.size()};
    piece.ranges.assign(all.begin() + static_cast<std::ptrdiff_t>(at), all.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
    mail.push_back({copy.ref(), std::move(piece)});
  } while (at < all.size());
}

Weighing weigh(const Weigh& wanted, const Copy& copy) {
  Weighing weighing(wanted, copy.levels());
  copy.for_each_in_memory(wanted.first, wanted.last, [&](Position position, const broker::MessageRef& message) {
    return weighing.add(position, *message);
  });
  return weighing;
}

bool weigh_on(Weighing& weighing, const Copy& copy, std::vector<broker::ChunkLoad>& loads,
              std::vector<MirrorMail>& mail) {
  const auto wanted = [&](Level level, Position first) { return !copy.doubts(level, first); };
  if (const auto chunk = weighing.next_chunk(copy.shelf(), wanted)) {
    loads.push_back({copy.ref(), chunk->first, chunk->second, {}, true});
    return false;
  }
  mail.push_back({copy.ref(), Weighed{weighing.comparison(), weighing.first(), weighing.take()}});
  return true;
}

}  // namespace warren::mirror
