#include "persist/journal/writer.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::writer_test {

using namespace warren::persist;

TEST_CASE("what is appended is read back in order, over segments and restarts") {
  MemoryFolder folder;
  std::vector<std::string> written;
  std::uint64_t position = 0;
  for (int life = 0; life < 4; ++life) {
    JournalWriter writer = open_writer(folder, small_settings());
    CHECK(writer.durable() == position);
    for (int i = 0; i < 50; ++i) {
      written.push_back(numbered(life * 50 + i, 10 + static_cast<std::size_t>(i) * 20));
      const AppendResult result = append(writer, written.back());
      CHECK(result.place.position > position);
      CHECK(result.place.segment == writer.segment());
      CHECK(result.new_segment == (writer.start_at(result.place.segment).position == position));
      position = result.place.position;
    }
    CHECK(writer.durable() < position);
    sync(writer);
    CHECK(writer.durable() == position);
    CHECK(writer.retained_bytes() == 0);
    folder.lose_power();
  }
  const ReadBack back = read_all(folder);
  CHECK(back.payloads == written);
  CHECK(back.report.damage.empty());
  CHECK(back.report.cut_chunks == 0);
  CHECK(back.report.chunks == written.size());
  CHECK(back.report.tail.next_position == position);
}

TEST_CASE("an empty payload is a chunk") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "");
  append(writer, "x");
  CHECK(read_all(folder).payloads == std::vector<std::string>{"", "x"});
}

TEST_CASE("a chunk larger than a segment gets a file of its own, which is not kept") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "before");
  const AppendResult large = append(writer, std::string(50'000, 'L'));
  CHECK(large.new_segment);
  const AppendResult after = append(writer, "after");
  CHECK(after.new_segment);
  CHECK(writer.live_segments() == 3);
  CHECK(writer.live_bytes() == 8192 + 57'344 + 8192);
  sync(writer);
  CHECK(read_all(folder).payloads == std::vector<std::string>{"before", std::string(50'000, 'L'), "after"});
  writer.free_before(after.place.segment);
  CHECK(writer.spares() == 1);
  CHECK(folder.files.size() == 2);
  CHECK(read_all(folder, writer.start_at(writer.segment())).payloads == std::vector<std::string>{"after"});
}

TEST_CASE("freed segments are overwritten, and what they held is never seen again") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  std::vector<std::string> last;
  for (int i = 0; i < 500; ++i) {
    const AppendResult result = append(writer, numbered(i, 900));
    if (result.new_segment) last.clear();
    last.push_back(numbered(i, 900));
    sync(writer);
    writer.free_before(result.place.segment);
  }
  CHECK(folder.files.size() <= 3);
  CHECK(writer.live_segments() == 1);
  const ReadBack back = read_all(folder, writer.start_at(writer.segment()));
  CHECK(back.payloads == last);
  CHECK(back.report.tail.live.size() == 1);
  CHECK(back.report.tail.spares.size() == folder.files.size() - 1);
  CHECK(back.report.damage.empty());
}

TEST_CASE("positions go on when all segments of the checkpoint are gone") {
  MemoryFolder folder;
  JournalStart start;
  {
    JournalWriter writer = open_writer(folder, small_settings());
    for (int i = 0; i < 20; ++i) append(writer, numbered(i, 900));
    start = writer.start_at(writer.segment());
  }
  folder.files.clear();
  JournalWriter writer = open_writer(folder, small_settings(), start);
  CHECK(writer.position() == start.position);
  CHECK(append(writer, "x").place.segment >= start.segment);
}

TEST_CASE("a spare can be made ahead by somebody else, one at a time") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  auto order = writer.wants_spare();
  REQUIRE(order.has_value());
  CHECK_FALSE(writer.wants_spare().has_value());
  writer.give_spare(Trouble{TroubleKind::full, "full"});
  order = writer.wants_spare();
  REQUIRE(order.has_value());
  writer.give_spare(order->make(folder));
  CHECK(writer.spares() == 1);
  CHECK_FALSE(writer.wants_spare().has_value());
  const std::uint64_t before = folder.operations;
  append(writer, "x");
  CHECK(folder.operations == before + 2);  // two writes, nothing created
}

TEST_CASE("files of another size are not kept as spares") {
  MemoryFolder folder;
  {
    JournalWriter writer = open_writer(folder, small_settings());
    append(writer, "x");
    sync(writer);
  }
  JournalWriter writer = open_writer(folder, small_settings(16'384));
  append(writer, "y");
  sync(writer);
  writer.free_before(writer.segment());
  CHECK(writer.spares() == 0);
  CHECK(folder.files.size() == 1);
}

TEST_CASE("steady state takes its buffers from those that are durable") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings(65'536));
  std::set<const char*> places;
  for (int i = 0; i < 40; ++i) {
    ByteBuffer chunk = writer.blank();
    std::memset(chunk.extend(1000), 'x', 1000);
    places.insert(chunk.data());
    writer.append(std::move(chunk));
    sync(writer);
  }
  CHECK(places.size() <= 2);
}

TEST_CASE("what is appended while a sync runs is not taken for durable") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  const std::uint64_t first = append(writer, "one").place.position;
  SyncWork work = writer.begin_sync();
  Outcome outcome = work.run();
  append(writer, "two");
  writer.finish_sync(std::move(work), std::move(outcome));
  CHECK(writer.durable() == first);
  CHECK(writer.unsynced());
  folder.lose_power();
  CHECK(read_all(folder).payloads == std::vector<std::string>{"one"});
}

TEST_CASE("the last chunk can be sent on its way, and is durable with the sync only") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  writer.hurry();
  CHECK(folder.hurried.empty());
  append(writer, "first");
  append(writer, "second, which is longer");
  writer.hurry();
  REQUIRE(folder.hurried.size() == 1);
  CHECK(folder.hurried[0].substr(kChunkHeaderBytes).starts_with("second, which is longer"));
  CHECK(folder.hurried[0].size() == chunk_bytes(23));
  CHECK(writer.durable() < writer.position());
  sync(writer);
  CHECK(writer.durable() == writer.position());
  writer.hurry();
  CHECK(folder.hurried.size() == 1);
}

}  // namespace warren::writer_test
