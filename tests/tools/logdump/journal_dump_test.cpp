#include "tools/logdump/journal_dump.hpp"

#include <doctest/doctest.h>

#include <map>

#include "persist/journal/format.hpp"
#include "persist/journal/writer.hpp"
#include "tests/persist/memory_folder.hpp"
#include "tests/tools/logdump/lines.hpp"

namespace warren::journal_dump_test {

using namespace warren::logdump;
using testing::Lines;

namespace {

constexpr std::uint64_t kFirstChunk = persist::kSegmentHeadBytes;

// A journal with two chunks: one enqueue, and what settles it.
struct Journal {
  Journal() {
    auto writer = persist::JournalWriter::open(folder, {.shard = 2, .segment_bytes = 8192}, {});
    REQUIRE(writer.ok());
    broker::RecordWriter records;
    records.begin(writer->blank());
    records.enqueue(QueueId(7), 1, testing::hello(), kNever);
    writer->append(records.take());
    records.begin(writer->blank());
    records.settled(QueueId(7), 1, 1);
    writer->append(records.take());
    REQUIRE(writer->begin_sync().run().ok());
  }
  std::string& bytes() { return folder.bytes("2.0"); }
  std::string dump(bool sound) {
    Lines lines;
    CHECK(dump_journal_file(folder, "2.0", 40, lines.print) == sound);
    return lines.text;
  }

  persist::MemoryFolder folder;
};

const std::string kHead = "2.0: 8192 bytes, shard 2, segment 1, begins at position 0, durable then 0\n";
const std::string kFirst =
    "  offset 4096, position 0: chunk of 25 bytes, checksum ok, durable then 0\n"
    "    queue 7 position 1: exchange \"ex\", routing key \"a.key\", body of 5 bytes \"hello\", persistent, priority "
    "2\n";
const std::string kSecond =
    "  offset 4168, position 72: chunk of 6 bytes, checksum ok, durable then 0\n"
    "    queue 7 settled 1 to 1\n";

}  // namespace

TEST_CASE("a journal's file is printed chunk by chunk and record by record") {
  Journal journal;
  const std::string before = journal.bytes();
  CHECK(journal.dump(true) == kHead + kFirst + kSecond + "  ends at offset 4216, position 120\n");
  CHECK(journal.bytes() == before);
}

TEST_CASE("a payload that is not what was written is told, and what follows is printed") {
  Journal journal;
  journal.bytes()[kFirstChunk + persist::kChunkHeaderBytes + 3] ^= 1;
  CHECK(journal.dump(false) == kHead + "  offset 4096, position 0: chunk of 25 bytes, its checksum is BROKEN\n" +
                                   kSecond + "  ends at offset 4216, position 120\n");
}

TEST_CASE("a broken header of a chunk is told, and what follows is printed") {
  Journal journal;
  journal.bytes()[kFirstChunk + 20] ^= 1;
  CHECK(journal.dump(false) ==
        kHead + "  offset 4096: 72 bytes are broken\n" + kSecond + "  ends at offset 4216, position 120\n");
}

TEST_CASE("a last chunk that is broken ends the file") {
  Journal journal;
  journal.bytes()[kFirstChunk + 72 + persist::kChunkHeaderBytes] ^= 1;
  CHECK(journal.dump(false) == kHead + kFirst +
                                   "  offset 4168, position 72: chunk of 6 bytes, its checksum is BROKEN\n"
                                   "  ends at offset 4168, position 72: the last chunk is unfinished or damaged\n");
}

TEST_CASE("one copy of the header is enough, and without both nothing is guessed") {
  Journal journal;
  journal.bytes()[5] ^= 1;
  const std::string text = journal.dump(false);
  CHECK(text.find("one copy of its header is BROKEN") != std::string::npos);
  CHECK(text.find(kFirst + kSecond) != std::string::npos);
  journal.bytes()[persist::kSegmentHeaderCopy + 5] ^= 1;
  CHECK(journal.dump(false) == "2.0: 8192 bytes, neither copy of its header is whole\n");
}

TEST_CASE("a folder of journals is printed in the order of segments, with what does not belong to it") {
  Journal journal;
  REQUIRE(journal.folder.create("1.4", 8192).ok());
  REQUIRE(journal.folder.create("notes", 10).ok());
  Lines lines;
  CHECK(dump_journals(journal.folder, 40, lines.print));
  CHECK(lines.text == "notes: not a file of a journal\n1.4: 8192 bytes, a spare that was never begun\n" + kHead +
                          kFirst + kSecond + "  ends at offset 4216, position 120\n");
}

TEST_CASE("whatever bytes are flipped, a dump comes to its end") {
  const Journal whole;
  for (std::size_t at = 0; at < 4300; at += at < 600 ? 7 : at < 4090 ? 500 : 1) {
    Journal journal;
    journal.bytes()[at] ^= 0x10;
    Lines lines;
    dump_journal_file(journal.folder, "2.0", 40, lines.print);
    CHECK(!lines.text.empty());
  }
}

}  // namespace warren::journal_dump_test
