#include "broker/queue/stored/contents.hpp"

#include <doctest/doctest.h>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::broker::testing {

TEST_CASE("each reign has a place of its own for positions") {
  CHECK(first_position(Epoch(1)) == 1);
  CHECK(first_position(Epoch(2)) == (Position{1} << kReignBits) + 1);
  CHECK(first_position(Epoch(0)) == 1);
}

TEST_CASE("what recovery found is made what a queue holds") {
  const Now now{1000, 50};
  RecoveredQueue recovered;
  recovered.note = {QueueId(7), 9, {2}};
  recovered.chunks.push_back({.key = {QueueId(7), 0, 4}, .last = 6, .messages = 3, .dead = {0b010}});
  for (const Position position : {1, 2, 3, 5, 8}) recovered.messages.push_back({message("m"), position});
  const QueueContents contents = contents_of(std::move(recovered), 1, now);
  CHECK(contents.next_position == 9);
  // 5 lay in the chunk, and was settled there.
  REQUIRE(contents.messages.size() == 4);
  CHECK(contents.messages[1].redelivered == 1);
  CHECK(contents.messages[2].redelivered == 0);
  CHECK(contents.messages[3].position == 8);
  std::vector<Range> live;
  add_live(
      contents.keeper->shelf(), [](Level, Position) { return true; }, live);
  CHECK(Ranges::of(live).all() == std::vector<Range>{{4, 4}, {6, 6}});
}

TEST_CASE("a chunk takes what fits, and ends where the next one begins") {
  Shelf shelf;
  std::vector<ChunkWrite> writes;
  std::vector<StoredMessage> later{{message("m"), 4}};
  CHECK(put_chunk(shelf, {QueueId(7), 0, 0}, later, 0, 1 << 20, writes) == 1);
  std::vector<StoredMessage> messages;
  for (const Position position : {1, 2, 5, 6}) messages.push_back({message("m"), position});
  CHECK(put_chunk(shelf, {QueueId(7), 0, 0}, messages, 0, 1 << 20, writes) == 2);
  CHECK(put_chunk(shelf, {QueueId(7), 0, 0}, messages, 2, 1, writes) == 1);
  CHECK(writes.back().key.first == 5);
}

}  // namespace warren::broker::testing
