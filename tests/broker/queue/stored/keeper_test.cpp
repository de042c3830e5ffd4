#include "broker/queue/stored/keeper.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/broker/queue/stored/bytes.hpp"

namespace warren::keeper_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

constexpr QueueId kQueue{1};

// "settled 1-3 delivered 0:5 ..."
std::string flush(Keeper& keeper) {
  RecordWriter writer;
  writer.begin({});
  keeper.flush(kQueue, writer);
  const ByteBuffer chunk = writer.take();
  RecordWalk walk(chunk.view());
  std::string text;
  while (const ReadRecord* record = walk.next()) {
    CHECK(record->queue == kQueue);
    if (!text.empty()) text += ' ';
    if (record->tag == RecordTag::settled)
      text += "settled " + std::to_string(record->first) + "-" + std::to_string(record->last);
    if (record->tag == RecordTag::delivered)
      text += "delivered " + std::to_string(record->level) + ":" + std::to_string(record->last);
  }
  CHECK(walk.ok());
  return text;
}

ChunkWrite chunk(Level level, std::initializer_list<Position> positions) {
  ChunkWrite write{{kQueue, level, *positions.begin()}, {}};
  const MessageRef message = make_message("", "", literal("\x00\x00"), "", {.persistent = true});
  for (const Position position : positions) write.messages.push_back({message, position});
  return write;
}

}  // namespace

TEST_CASE("what was settled in a row is one record") {
  Keeper keeper;
  for (const Position position : {4u, 5u, 6u, 9u, 8u, 2u, 3u}) keeper.settled(0, position, true);
  CHECK(flush(keeper) == "settled 4-6 settled 9-9 settled 8-8 settled 2-3");
  CHECK(flush(keeper) == "");
}

TEST_CASE("what does not stand in the journal is not settled there") {
  Keeper keeper;
  keeper.shelf().put(chunk(0, {1, 2}));
  keeper.settled(0, 1, false);
  keeper.settled(0, 2, true);
  CHECK(flush(keeper) == "settled 2-2");
  CHECK(keeper.shelf().empty());
}

TEST_CASE("marks of deliveries only rise, one per level") {
  Keeper keeper;
  keeper.delivered(2, 7);
  keeper.delivered(2, 9);
  keeper.delivered(0, 4);
  keeper.delivered(2, 8);
  CHECK(flush(keeper) == "delivered 2:9 delivered 0:4");
  keeper.delivered(2, 9);
  CHECK(flush(keeper) == "");
  CHECK(keeper.delivered_marks() == std::vector<Position>{4, 0, 9});
}

TEST_CASE("a cold run is settled message by message, and other levels between are left alone") {
  Keeper keeper;
  keeper.shelf().put(chunk(1, {1, 2, 4, 7}));
  keeper.shelf().put(chunk(0, {3, 5}));
  keeper.settled(1, 2, true);
  keeper.settled_range(1, 1, 5, true);
  CHECK(flush(keeper) == "settled 2-2 settled 1-1 settled 4-4");
  CHECK(keeper.shelf().live_in(1, 1) == 1);
  CHECK(keeper.shelf().live_in(0, 3) == 2);
  keeper.settled_range(0, 3, 5, false);
  CHECK(flush(keeper) == "");
  CHECK(keeper.shelf().live_in(0, 3) == 0);
}

}  // namespace warren::keeper_test
