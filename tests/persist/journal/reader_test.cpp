#include "persist/journal/reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::reader_test {

using namespace warren::persist;

TEST_CASE("an empty folder is an empty journal") {
  MemoryFolder folder;
  const ReadBack back = read_all(folder);
  CHECK(back.payloads.empty());
  CHECK(back.report.tail.next_segment == 1);
  CHECK(back.report.tail.next_position == 0);
  CHECK(back.report.tail.next_slot == 0);
  CHECK(back.report.damage.empty());
  CHECK(journal_shards(folder).value().empty());
}

TEST_CASE("shards are found by the names of their files") {
  MemoryFolder folder;
  for (const char* name : {"3.0", "0.7", "3.1", "12.0", "damaged-5-100", "lock", "5."})
    REQUIRE(folder.create(name, 1).ok());
  CHECK(journal_shards(folder).value() == std::vector<std::uint32_t>{0, 3, 12});
}

TEST_CASE("shards in one folder do not see each other") {
  MemoryFolder folder;
  JournalSettings other = small_settings();
  other.shard = 4;
  JournalWriter three = open_writer(folder, small_settings());
  JournalWriter four = open_writer(folder, other);
  append(three, "three");
  append(four, "four");
  CHECK(read_all(folder, {}, 3).payloads == std::vector<std::string>{"three"});
  CHECK(read_all(folder, {}, 4).payloads == std::vector<std::string>{"four"});
}

TEST_CASE("reading begins at the start") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  std::vector<ChunkPlace> places;
  for (int i = 0; i < 40; ++i) places.push_back(append(writer, numbered(i, 900)).place);
  for (const ChunkPlace& from : places) {
    const JournalStart start = writer.start_at(from.segment);
    std::size_t before = 0;
    while (places[before].position <= start.position) ++before;
    const ReadBack back = read_all(folder, start);
    REQUIRE(back.payloads.size() == 40 - before);
    CHECK(back.payloads.front() == numbered(static_cast<int>(before), 900));
    CHECK(back.places.front().segment == from.segment);
    CHECK(back.places.back().position == places.back().position);
    CHECK(read_all(folder, from.segment).payloads == back.payloads);
  }
}

TEST_CASE("a newer format is not touched") {
  MemoryFolder folder;
  REQUIRE(folder.create("3.5", 8192).ok());
  SegmentHeader header;
  header.number = 1;
  header.shard = 3;
  header.version = kJournalVersion + 1;
  write_segment_head(header, folder.bytes("3.5").data());
  const auto report = read_journal(folder, 3, {}, [](ChunkPlace, std::string_view) {});
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().kind == TroubleKind::foreign);
  CHECK(report.error().text ==
        "journal file 3.5 has format 2, this program knows formats up to 1: start the version that wrote it");
}

TEST_CASE("a file of another shard is not touched") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "x");
  REQUIRE(folder.rename("3.0", "4.0").ok());
  const auto report = read_journal(folder, 4, {}, [](ChunkPlace, std::string_view) {});
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().kind == TroubleKind::foreign);
  CHECK(report.error().text == "journal file 4.0 was written for shard 3: it was renamed");
}

TEST_CASE("a disk that cannot be read is trouble, at whatever operation") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  for (int i = 0; i < 20; ++i) append(writer, numbered(i, 900));
  for (std::uint64_t n = 1;; ++n) {
    folder.operations = 0;
    folder.fail_from = n;
    std::uint64_t chunks = 0;
    const auto report = read_journal(folder, 3, {}, [&](ChunkPlace, std::string_view) { ++chunks; });
    if (folder.operations < n) {
      CHECK(report.ok());
      CHECK(chunks == 20);
      CHECK(n > 6);
      break;
    }
    CHECK_FALSE(report.ok());
  }
}

TEST_CASE("a chunk larger than the window is read") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings(8 << 20));
  std::vector<std::string> written;
  for (int i = 0; i < 6; ++i) {
    written.push_back(numbered(i, 10));
    written.push_back(numbered(i, 3'000'000 - static_cast<std::size_t>(i) * 333'333));
  }
  for (const std::string& payload : written) append(writer, payload);
  CHECK(read_all(folder).payloads == written);
}

TEST_CASE("a power loss that leaves later parts of what was not durable leaves nothing of it") {
  MemoryFolder folder;
  std::vector<std::string> written{"durable"};
  {
    JournalWriter writer = open_writer(folder, small_settings());
    append(writer, "durable");
    sync(writer);
    const std::uint64_t torn = kSegmentHeadBytes + writer.position();
    append(writer, "not durable, and torn");
    append(writer, "not durable, but whole");
    folder.bytes("3.0")[torn + kChunkHeaderBytes] ^= 1;
  }
  const ReadBack back = read_all(folder);
  CHECK(back.payloads == written);
  CHECK(back.report.damage.empty());
  CHECK(back.report.cut_chunks == 1);

  // What was cut does not come back when the journal has gone on.
  JournalWriter writer = open_writer(folder, small_settings());
  for (int i = 0; i < 10; ++i) {
    written.push_back(numbered(i, 2000));
    append(writer, written.back());
    sync(writer);
  }
  CHECK(read_all(folder).payloads == written);
  CHECK(read_all(folder).report.damage.empty());
}

TEST_CASE("a payload that looks like a chunk is not one") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "one");
  append(writer, "two");
  const std::string stolen = folder.bytes("3.0").substr(kSegmentHeadBytes, writer.position());
  append(writer, std::string(stolen.size() * 3, '\0') + stolen);
  append(writer, "four");
  sync(writer);
  append(writer, "five");
  // The third chunk's header is broken, so its payload is searched for chunks.
  folder.bytes("3.0")[kSegmentHeadBytes + stolen.size()] ^= 1;
  const ReadBack back = read_all(folder);
  CHECK(back.payloads == std::vector<std::string>{"one", "two", "four", "five"});
  CHECK(back.report.damage.size() == 1);
}

}  // namespace warren::reader_test
