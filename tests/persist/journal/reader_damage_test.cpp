#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "persist/journal/format.hpp"
#include "persist/journal/reader.hpp"
#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::reader_damage_test {

using namespace warren::persist;

namespace {

struct Written {
  std::string payload;
  std::string file;
  std::uint64_t begin = 0;  // in the file
  std::uint64_t end = 0;    // without padding
  std::uint64_t position = 0;
  std::uint64_t position_end = 0;
};

struct SmallJournal {
  MemoryFolder folder;
  std::vector<Written> chunks;
  std::uint64_t known_durable = 0;  // by what the last chunk says

  // Two segments; everything but the last chunk is durable, and the last one says so.
  SmallJournal() {
    JournalWriter writer = open_writer(folder, small_settings());
    for (int i = 0; i < 12; ++i) {
      if (i == 11) {
        sync(writer);
        known_durable = writer.durable();
      }
      add(writer, numbered(i, i < 6 ? 60 : i == 6 ? 3500 : 30));
    }
    REQUIRE(folder.files.size() == 2);
  }

  void add(JournalWriter& writer, const std::string& payload) {
    const std::uint64_t position = writer.position();
    const AppendResult result = append(writer, payload);
    const std::uint64_t begin = kSegmentHeadBytes + position - writer.start_at(result.place.segment).position;
    chunks.push_back({payload, result.place.segment == 1 ? "3.0" : "3.1", begin,
                      begin + kChunkHeaderBytes + payload.size(), position, result.place.position});
  }
};

}  // namespace

TEST_CASE("with any one bit flipped, exactly the chunk it lies in is not served") {
  SmallJournal journal;
  for (const auto& [name, content] : journal.folder.files) {
    for (std::size_t byte = 0; byte < content->bytes.size(); ++byte) {
      // Long stretches of one chunk or of nothing are alike: every bit at their ends, one of some bytes between.
      const bool all = byte < 1200 || (byte >= 4000 && byte < 4800) || byte % 97 == 0;
      for (int bit = 0; all && bit < 8; ++bit) {
        MemoryFolder folder = journal.folder.copy();
        folder.bytes(name)[byte] ^= static_cast<char>(1 << bit);
        std::vector<std::string> expected;
        std::size_t damaged = 0;
        for (const Written& chunk : journal.chunks)
          if (chunk.file == name && chunk.begin <= byte && byte < chunk.end)
            damaged += chunk.position < journal.known_durable;
          else
            expected.push_back(chunk.payload);
        const ReadBack back = read_all(folder);
        REQUIRE(back.payloads == expected);
        REQUIRE(back.report.damage.size() == damaged);
        REQUIRE(back.report.cut_chunks == 0);
      }
    }
  }
}

TEST_CASE("damage is told, and set aside under a name that is written once") {
  SmallJournal journal;
  const Written& broken = journal.chunks[4];
  journal.folder.bytes("3.0")[broken.begin + 50] ^= 1;
  for (int time = 0; time < 2; ++time) {
    const ReadBack back = read_all(journal.folder);
    REQUIRE(back.report.damage.size() == 1);
    const JournalDamage& damage = back.report.damage.front();
    CHECK(damage.begin == broken.position);
    CHECK(damage.end == broken.position_end);
    CHECK(damage.file == "3.0");
    CHECK(damage.offset == broken.begin);
    CHECK(damage.text ==
          "the journal of shard 3 is damaged: 104 bytes from position 416 on are not what was written (file 3.0 at "
          "4512), "
          "set aside as damaged-3-416");
    CHECK(journal.folder.bytes("damaged-3-416") == journal.folder.bytes("3.0").substr(broken.begin, 104));
    CHECK(journal.folder.files.size() == 3);
  }
}

TEST_CASE("cut anywhere, the whole chunks before the cut are served") {
  SmallJournal journal;
  const std::string last = "3.1";
  const std::uint64_t end = journal.chunks.back().end;
  for (std::uint64_t bytes = kSegmentHeadBytes; bytes <= end; ++bytes) {
    MemoryFolder folder = journal.folder.copy();
    folder.bytes(last).resize(bytes);
    std::vector<std::string> expected;
    for (const Written& chunk : journal.chunks) {
      // The padding counts: it is part of what the reader asks for.
      const std::uint64_t whole = chunk.begin + (chunk.position_end - chunk.position);
      if (chunk.file != last || whole <= bytes) expected.push_back(chunk.payload);
    }
    const ReadBack back = read_all(folder);
    REQUIRE(back.payloads == expected);
    REQUIRE(back.report.damage.empty());
  }
}

TEST_CASE("cut before its first chunk, the last segment is one that was begun when the power went") {
  SmallJournal journal;
  for (std::uint64_t bytes = 0; bytes <= kSegmentHeadBytes; bytes += bytes < 1200 ? 1 : 100) {
    MemoryFolder folder = journal.folder.copy();
    folder.bytes("3.1").resize(bytes);
    const ReadBack back = read_all(folder);
    REQUIRE(back.payloads.size() == 6);
    JournalWriter writer = open_writer(folder, small_settings());
    append(writer, "on");
    sync(writer);
    REQUIRE(read_all(folder).payloads.back() == "on");
  }
}

TEST_CASE("zeros or rubbish behind any byte of the tail are an unfinished write") {
  SmallJournal journal;
  const Written& last = journal.chunks.back();
  for (const char filling : {'\0', '\xff', 'w'}) {
    for (std::uint64_t from = last.begin; from < last.end; ++from) {
      MemoryFolder folder = journal.folder.copy();
      std::string& bytes = folder.bytes("3.1");
      const std::string before = bytes;
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(), filling);
      const bool whole =
          std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(last.end), before.begin());
      const ReadBack back = read_all(folder);
      REQUIRE(back.payloads.size() == (whole ? 12 : 11));
      REQUIRE(back.report.damage.empty());
    }
  }
}

TEST_CASE("a segment whose header is gone is damage, and its file is kept under another name") {
  SmallJournal journal;
  journal.folder.bytes("3.0")[20] ^= 1;
  journal.folder.bytes("3.0")[kSegmentHeaderCopy + 21] ^= 1;
  const std::string before = journal.folder.bytes("3.0");
  const ReadBack back = read_all(journal.folder, JournalStart{1, 0});
  CHECK(back.payloads.size() == 6);
  REQUIRE(back.report.damage.size() == 1);
  CHECK(back.report.damage.front().begin == 0);
  CHECK(back.report.damage.front().end == journal.chunks[6].position);
  CHECK(back.report.damage.front().file.empty());
  CHECK(back.report.damage.front().text ==
        "the journal of shard 3 is damaged: 624 bytes from position 0 on are in no file");
  CHECK(journal.folder.bytes("damaged-3.0") == before);
  CHECK_FALSE(journal.folder.files.contains("3.0"));
}

TEST_CASE("a segment in the middle that is gone is damage") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  for (int i = 0; i < 24; ++i) {
    append(writer, numbered(i, 900));
    sync(writer);
  }
  REQUIRE(folder.files.size() == 6);
  REQUIRE(folder.remove("3.2").ok());
  const ReadBack back = read_all(folder);
  CHECK(back.payloads.size() == 20);
  CHECK(back.payloads[8] == numbered(12, 900));
  // The room behind the last chunk before it may have held some of it.
  REQUIRE(back.report.damage.size() == 2);
  CHECK(back.report.damage[0].file == "3.1");
  CHECK(back.report.damage[1].file.empty());
  CHECK(back.report.tail.next_position == writer.position());
}

TEST_CASE("damage that reaches into what was not durable ends with what was") {
  MemoryFolder folder;
  JournalWriter writer = open_writer(folder, small_settings());
  append(writer, "first");
  const std::uint64_t begin = writer.position();
  append(writer, "durable");
  sync(writer);
  const std::uint64_t durable = writer.durable();
  append(writer, "not durable");
  append(writer, "the one who tells");
  folder.bytes("3.0")[kSegmentHeadBytes + begin] ^= 1;
  folder.bytes("3.0")[kSegmentHeadBytes + durable] ^= 1;
  const ReadBack back = read_all(folder);
  CHECK(back.payloads == std::vector<std::string>{"first"});
  REQUIRE(back.report.damage.size() == 1);
  CHECK(back.report.damage.front().begin == begin);
  CHECK(back.report.damage.front().end == durable);
  CHECK(back.report.tail.next_position == durable);
  CHECK(back.report.cut_chunks == 1);
}

}  // namespace warren::reader_damage_test
