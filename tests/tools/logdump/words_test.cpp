#include "tools/logdump/words.hpp"

#include <doctest/doctest.h>

#include "tests/tools/logdump/lines.hpp"

namespace warren::words_test {

using namespace warren::logdump;

TEST_CASE("bytes are quoted so that a terminal stays as it is") {
  CHECK(quoted("plain", 10) == "\"plain\"");
  CHECK(quoted("long", 2) == "\"lo\"...");
  CHECK(quoted("", 0) == "\"\"");
  CHECK(quoted(std::string_view("\x1b\"\\\0\xff", 5), 10) == "\"\\x1b\\\"\\\\\\x00\\xff\"");
}

TEST_CASE("moments are told in UTC") {
  CHECK(moment(0) == "1970-01-01 00:00:00.000");
  CHECK(moment(1'700'000'000'250) == "2023-11-14 22:13:20.250");
}

TEST_CASE("each record of a journal has its words") {
  broker::RecordWriter writer;
  const broker::MessageRef message = testing::hello();
  const broker::MessageRef other = message;
  writer.enqueue(QueueId(7), 3, message, kNever);
  writer.enqueue(QueueId(8), 1, message, 1'700'000'000'250);
  writer.settled(QueueId(8), 1, 4);
  writer.delivered(QueueId(7), 2, 9);
  writer.definition("?", "", false);
  const ByteBuffer chunk = writer.take();
  broker::RecordWalk walk(chunk.view());
  testing::Lines lines;
  while (const broker::ReadRecord* record = walk.next()) lines.print(record_words(*record, 3));
  CHECK(walk.ok());
  CHECK(
      lines.text ==
      "queue 7 position 3: exchange \"ex\", routing key \"a.key\", body of 5 bytes \"hel\"..., persistent, priority 2\n"
      "queue 8 position 1, the same message: exchange \"ex\", routing key \"a.key\", body of 5 bytes \"hel\"..., "
      "persistent, priority 2, dies 2023-11-14 22:13:20.250\n"
      "queue 8 settled 1 to 4\n"
      "queue 7 delivered up to 9 of level 2\n"
      "a definition of no known kind, key \"?\"\n");
}

}  // namespace warren::words_test
