// A journal of which any bytes are changed or missing: what is handed out was written, whole and in order, and the
// journal goes on behind it. Input: a byte per file that says how much of its end is missing, then triples of a place
// in the files, two bytes, and what stands there.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "persist/journal/reader.hpp"
#include "persist/journal/writer.hpp"
#include "tests/persist/memory_folder.hpp"

using namespace warren;
using namespace warren::persist;

namespace {

constexpr std::uint64_t kSegmentBytes = 8192;
constexpr std::size_t kFiles = 3;

void append(JournalWriter& writer, const std::string& payload) {
  ByteBuffer chunk = writer.blank();
  chunk.append(payload);
  (void)writer.append(std::move(chunk));
}

JournalWriter open(Folder& folder, JournalTail tail, std::uint64_t salt_seed) {
  JournalSettings settings;
  settings.segment_bytes = kSegmentBytes;
  settings.salt_seed = salt_seed;
  auto writer = JournalWriter::open(folder, settings, std::move(tail));
  WARREN_CHECK(writer.ok(), "memory does not fail");
  return std::move(*writer);
}

struct Journal {
  MemoryFolder folder;
  std::vector<std::string> payloads;

  Journal() {
    JournalWriter writer = open(folder, {}, 1);
    for (int i = 0; folder.files.size() < kFiles || i % 16 != 0; ++i) {
      payloads.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i * 37 % 500), 'p'));
      append(writer, payloads.back());
      if (i % 5 != 0) continue;
      SyncWork work = writer.begin_sync();
      Outcome outcome = work.run();
      writer.finish_sync(std::move(work), std::move(outcome));
    }
  }
};

// Fails unless all of `read` is in `written`, in that order.
void check_order(const std::vector<std::string>& read, const std::vector<std::string>& written) {
  auto from = written.begin();
  for (const std::string& payload : read) {
    from = std::find(from, written.end(), payload);
    WARREN_CHECK(from != written.end(), "what is read was written, in that order");
    ++from;
  }
}

JournalReport read(MemoryFolder& folder, std::vector<std::string>& payloads) {
  payloads.clear();
  std::uint64_t last = 0;
  auto report = read_journal(folder, 0, JournalStart{1, 0}, [&](ChunkPlace place, std::string_view payload) {
    WARREN_CHECK(place.position > last, "positions grow");
    last = place.position;
    payloads.emplace_back(payload);
  });
  WARREN_CHECK(report.ok(), "nothing in it is of a newer version, for that has the right checksum");
  WARREN_CHECK(report->chunks == payloads.size() && report->tail.next_position >= last, "the report counts right");
  return std::move(*report);
}

void spoil(MemoryFolder& folder, std::string_view how) {
  for (auto& [name, content] : folder.files) {
    if (how.empty()) return;
    const auto missing = static_cast<unsigned char>(how[0]) * content->bytes.size() / 255;
    content->bytes.resize(content->bytes.size() - missing);
    how.remove_prefix(1);
  }
  for (; how.size() >= 3; how.remove_prefix(3)) {
    const std::size_t place = load_big<std::uint16_t>(how.data());
    std::string& bytes = folder.bytes("0." + std::to_string(place / kSegmentBytes % kFiles));
    if (place % kSegmentBytes < bytes.size()) bytes[place % kSegmentBytes] = how[2];
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Journal journal;
  MemoryFolder folder = journal.folder.copy();
  spoil(folder, {reinterpret_cast<const char*>(data), size});
  std::vector<std::string> payloads;
  JournalReport report = read(folder, payloads);
  check_order(payloads, journal.payloads);

  std::vector<std::string> expected = payloads;
  {
    JournalWriter writer = open(folder, std::move(report.tail), 2);
    for (const char* more : {"one more", "and another"}) {
      expected.emplace_back(more);
      append(writer, more);
    }
  }
  (void)read(folder, payloads);
  WARREN_CHECK(payloads == expected, "the journal goes on behind what was read");
  return 0;
}
