#include "node/storage/bodies/shared_bodies.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace warren::shared_bodies_test {

using namespace warren::node;
using broker::ChunkKey;
using broker::MessageRef;
using broker::StoredMessage;

namespace {

constexpr std::size_t kLeast = 100;

MessageRef message_of(std::size_t body_bytes) {
  return broker::make_message("", "key", std::string_view("\0\0", 2), std::string(body_bytes, 'b'), {});
}

StoredMessage held(const MessageRef& message, Position position, bool shared = true) {
  return {message, position, kNever, false, shared};
}

// A job that writes one chunk, of one queue, that begins with the first message.
StoreJob chunk_of(std::uint64_t queue, std::vector<StoredMessage> messages) {
  StoreJob job;
  const ChunkKey key{QueueId(queue), 0, messages.front().position};
  job.writes.push_back({key, std::move(messages)});
  return job;
}

StoreJob erase_of(std::initializer_list<ChunkKey> keys) {
  StoreJob job;
  job.erases = keys;
  return job;
}

broker::ChunkNote note_of(const SharedBodies& bodies, const ChunkKey& key) {
  broker::ChunkNote note{key, key.first, 1};
  bodies.complete(note);
  return note;
}

}  // namespace

TEST_CASE("a large body that others hold lies by itself, and is written for the first of its queues") {
  SharedBodies bodies(0);
  const MessageRef message = message_of(kLeast);
  StoreJob first = chunk_of(1, {held(message, 5)});
  bodies.place(first, 0, kLeast);
  REQUIRE(first.bodies.size() == 1);
  CHECK(first.bodies[0].message.get() == message.get());
  CHECK(first.writes[0].messages[0].body == first.bodies[0].body);
  CHECK(first.bodies[0].body);
  // The last of its queues: nobody else holds the message.
  StoreJob second = chunk_of(2, {held(message, 9, false)});
  bodies.place(second, 0, kLeast);
  CHECK(second.bodies.empty());
  CHECK(second.writes[0].messages[0].body == first.bodies[0].body);
  CHECK(note_of(bodies, {QueueId(1), 0, 5}).bodies == std::vector<BodyId>{first.bodies[0].body});
  CHECK(note_of(bodies, {QueueId(2), 0, 9}).bodies == std::vector<BodyId>{first.bodies[0].body});
  CHECK(note_of(bodies, {QueueId(2), 0, 10}).bodies.empty());
}

TEST_CASE("small bodies and those that one queue holds lie with their messages") {
  SharedBodies bodies(0);
  StoreJob job = chunk_of(1, {held(message_of(kLeast - 1), 1), held(message_of(kLeast), 2, false)});
  bodies.place(job, 0, kLeast);
  CHECK(job.bodies.empty());
  for (const StoredMessage& one : job.writes[0].messages) CHECK_FALSE(one.body);
  CHECK(bodies.bodies() == 0);
}

TEST_CASE("only the chunks that are new in a job are looked at") {
  SharedBodies bodies(0);
  const MessageRef message = message_of(kLeast);
  StoreJob job = chunk_of(1, {held(message, 1)});
  job.writes.push_back({ChunkKey{QueueId(2), 0, 1}, {held(message, 1)}});
  bodies.place(job, 1, kLeast);
  CHECK_FALSE(job.writes[0].messages[0].body);
  CHECK(job.writes[1].messages[0].body);
}

TEST_CASE("a body is erased with the last chunk that refers to it") {
  SharedBodies bodies(0);
  const MessageRef message = message_of(kLeast);
  // Twice in one chunk is one reference.
  StoreJob first = chunk_of(1, {held(message, 1), held(message, 2)});
  StoreJob second = chunk_of(2, {held(message, 1)});
  bodies.place(first, 0, kLeast);
  bodies.place(second, 0, kLeast);
  StoreJob erase = erase_of({{QueueId(1), 0, 1}, {QueueId(7), 0, 1}});
  bodies.release(erase);
  CHECK(erase.erased_bodies.empty());
  StoreJob last = erase_of({{QueueId(2), 0, 1}});
  bodies.release(last);
  CHECK(last.erased_bodies == std::vector<BodyId>{first.bodies[0].body});
  CHECK(bodies.bodies() == 0);
  StoreJob again = erase_of({{QueueId(2), 0, 1}});
  bodies.release(again);
  CHECK(again.erased_bodies.empty());
}

TEST_CASE("a message whose body has left the store is written again, under another identity") {
  SharedBodies bodies(0);
  const MessageRef message = message_of(kLeast);
  StoreJob first = chunk_of(1, {held(message, 1)});
  bodies.place(first, 0, kLeast);
  StoreJob erase = erase_of({{QueueId(1), 0, 1}});
  bodies.release(erase);
  REQUIRE(erase.erased_bodies.size() == 1);
  StoreJob second = chunk_of(2, {held(message, 1)});
  bodies.place(second, 0, kLeast);
  REQUIRE(second.bodies.size() == 1);
  CHECK(second.bodies[0].body > first.bodies[0].body);
  StoreJob third = chunk_of(3, {held(message, 1, false)});
  bodies.place(third, 0, kLeast);
  CHECK(third.writes[0].messages[0].body == second.bodies[0].body);
}

TEST_CASE("what nobody else holds is forgotten, and its body stays") {
  SharedBodies bodies(0);
  MessageRef message = message_of(kLeast);
  {
    StoreJob job = chunk_of(1, {held(message, 1)});
    bodies.place(job, 0, kLeast);
  }
  bodies.tidy();
  CHECK(bodies.remembered() == 1);
  message = {};
  bodies.tidy();
  CHECK(bodies.remembered() == 0);
  CHECK(bodies.bodies() == 1);
  StoreJob erase = erase_of({{QueueId(1), 0, 1}});
  bodies.release(erase);
  CHECK(erase.erased_bodies.size() == 1);
}

TEST_CASE("no more than a bound is remembered, and the oldest is forgotten first") {
  SharedBodies bodies(0);
  std::vector<MessageRef> messages;
  for (std::uint64_t i = 0; i < 5; ++i) {
    messages.push_back(message_of(kRememberedBodyBytesMax / 4));
    StoreJob job = chunk_of(1, {held(messages[i], i + 1)});
    bodies.place(job, 0, kLeast);
  }
  CHECK(bodies.remembered() == 4);
  CHECK(bodies.bodies() == 5);
  for (std::uint64_t i = 0; i < 5; ++i) {
    StoreJob job = chunk_of(2, {held(messages[i], i + 1, false)});
    bodies.place(job, 0, kLeast);
    CHECK(static_cast<bool>(job.writes[0].messages[0].body) == (i != 0));
  }
}

TEST_CASE("each shard gives identities of its own, above all that recovery found") {
  SharedBodies zero(0);
  SharedBodies three(3);
  const MessageRef message = message_of(kLeast);
  StoreJob of_zero = chunk_of(1, {held(message, 1)});
  StoreJob of_three = chunk_of(1, {held(message, 1)});
  zero.place(of_zero, 0, kLeast);
  three.place(of_three, 0, kLeast);
  CHECK(shard_of(of_zero.bodies[0].body) == 0);
  CHECK(shard_of(of_three.bodies[0].body) == 3);
  SharedBodies later(3);
  later.restore(RecoveredBodies{of_three.bodies[0].body.value + 41, {}});
  StoreJob next = chunk_of(1, {held(message, 1)});
  later.place(next, 0, kLeast);
  CHECK(next.bodies[0].body.value == of_three.bodies[0].body.value + 42);
}

TEST_CASE("references that recovery found count, and pinned bodies are never erased") {
  SharedBodies bodies(0);
  bodies.restore(RecoveredBodies{9, {BodyId(8)}});
  bodies.restore(broker::ChunkNote{{QueueId(1), 0, 1}, 1, 1, 0, false, {}, {BodyId(8), BodyId(9)}});
  bodies.restore(broker::ChunkNote{{QueueId(2), 0, 1}, 1, 1, 0, false, {}, {BodyId(9)}});
  bodies.restore(broker::ChunkNote{{QueueId(3), 0, 1}, 1, 1});
  CHECK(note_of(bodies, {QueueId(2), 0, 1}).bodies == std::vector<BodyId>{BodyId(9)});
  StoreJob one = erase_of({{QueueId(1), 0, 1}, {QueueId(3), 0, 1}});
  bodies.release(one);
  CHECK(one.erased_bodies.empty());
  StoreJob two = erase_of({{QueueId(2), 0, 1}});
  bodies.release(two);
  CHECK(two.erased_bodies == std::vector<BodyId>{BodyId(9)});
}

}  // namespace warren::shared_bodies_test
