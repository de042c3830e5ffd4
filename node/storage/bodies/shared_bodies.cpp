#include "node/storage/bodies/shared_bodies.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace warren::node {
namespace {

std::uintptr_t address(const broker::MessageRef& message) { return reinterpret_cast<std::uintptr_t>(message.get()); }

}  // namespace

void SharedBodies::restore(const RecoveredBodies& recovered) {
  last_ = std::max(last_, recovered.last);
  // A reference that nobody gives back.
  for (const BodyId body : recovered.pinned) ++counted_[body].chunks;
}

void SharedBodies::restore(const broker::ChunkNote& note) {
  if (note.bodies.empty()) return;
  for (const BodyId body : note.bodies) {
    WARREN_CHECK(shard_of(body) != shard_ || body.value <= last_, "identities of bodies are never given again");
    ++counted_[body].chunks;
  }
  const bool added = chunks_.emplace(note.key, note.bodies).second;
  WARREN_CHECK(added, "a chunk is restored once");
}

void SharedBodies::place(StoreJob& job, std::size_t first, std::size_t body_bytes_min) {
  for (std::size_t i = first; i < job.writes.size(); ++i) {
    broker::ChunkWrite& write = job.writes[i];
    std::vector<BodyId> bodies;
    for (broker::StoredMessage& one : write.messages) {
      if (one.message->body_bytes() < body_bytes_min) continue;
      one.body = place(one, job);
      if (one.body) bodies.push_back(one.body);
    }
    if (bodies.empty()) continue;
    std::ranges::sort(bodies);
    const auto [from, to] = std::ranges::unique(bodies);
    bodies.erase(from, to);
    for (const BodyId body : bodies) ++counted_[body].chunks;
    const bool added = chunks_.emplace(write.key, std::move(bodies)).second;
    WARREN_CHECK(added, "a chunk is written once");
  }
  tidy();
}

BodyId SharedBodies::place(const broker::StoredMessage& one, StoreJob& job) {
  if (const BodyId* placed = by_message_.find(address(one.message))) return *placed;
  if (!one.shared) return {};
  const BodyId body(++last_);
  job.bodies.push_back({body, one.message});
  counted_[body].message = address(one.message);
  by_message_.insert(address(one.message), body);
  remembered_bytes_ += one.message->body_bytes();
  remembered_.push_back({one.message, body});
  return body;
}

void SharedBodies::complete(broker::ChunkNote& note) const {
  const auto found = chunks_.find(note.key);
  if (found != chunks_.end()) note.bodies = found->second;
}

void SharedBodies::release(StoreJob& job) {
  if (chunks_.empty()) return;
  for (const broker::ChunkKey& key : job.erases) {
    const auto found = chunks_.find(key);
    if (found == chunks_.end()) continue;
    for (const BodyId body : found->second) {
      Counted& counted = *counted_.find(body);
      if (--counted.chunks != 0) continue;
      job.erased_bodies.push_back(body);
      // Whoever gives the message away later must write it again. tidy() drops the reference.
      if (counted.message != 0) by_message_.erase(counted.message);
      counted_.erase(body);
    }
    chunks_.erase(found);
  }
}

void SharedBodies::tidy() {
  std::size_t surplus = remembered_bytes_ > kRememberedBodyBytesMax ? remembered_bytes_ - kRememberedBodyBytesMax : 0;
  std::erase_if(remembered_, [&](const Remembered& one) {
    const std::size_t bytes = one.message->body_bytes();
    if (surplus == 0 && one.message->shared() && counted_.contains(one.body)) return false;
    surplus -= std::min(surplus, bytes);
    forget(one);
    return true;
  });
  if (remembered_.empty()) remembered_ = std::vector<Remembered>();
}

void SharedBodies::forget(const Remembered& one) {
  remembered_bytes_ -= one.message->body_bytes();
  Counted* counted = counted_.find(one.body);
  if (counted == nullptr) return;
  by_message_.erase(counted->message);
  counted->message = 0;
}

}  // namespace warren::node
