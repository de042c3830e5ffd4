#include "tools/logdump/journal_dump.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "persist/journal/segment_view.hpp"

namespace warren::logdump {
namespace {

using persist::ChunkHeader;
using persist::ChunkView;
using persist::kChunkHeaderBytes;
using persist::kSegmentHeadBytes;
using persist::Segment;
using persist::SegmentHeader;

struct Headers {
  std::optional<SegmentHeader> header;
  bool both = false;   // copies are whole
  bool blank = false;  // nothing was ever written there
};

Headers read_headers(persist::File& file) {
  char head[kSegmentHeadBytes];
  const auto got = file.read(0, head, sizeof head);
  if (!got || *got != sizeof head) return {};
  const auto first = persist::read_segment_header({head, persist::kSegmentHeaderBytes});
  const auto second = persist::read_segment_header({head + persist::kSegmentHeaderCopy, persist::kSegmentHeaderBytes});
  const bool second_counts = !first || (second && second->number > first->number);
  return {second_counts ? second : first, first && second,
          std::all_of(head, head + sizeof head, [](char c) { return c == 0; })};
}

// One segment, chunk by chunk.
class JournalDump {
 public:
  JournalDump(persist::Folder& folder, persist::File& file, const Segment& segment, std::size_t quote_max,
              const Print& print)
      : file_(file), segment_(segment), quote_max_(quote_max), print_(print), opened_(view_.use(folder, segment)) {}

  bool run() {
    if (!opened_) return print_("  " + opened_.error().text), false;
    std::uint64_t position = segment_.header.begin;
    while (true) {
      std::optional<ChunkView> chunk = view_.chunk_at(position);
      if (!chunk) {
        const bool damaged_payload = broken_payload(position);
        chunk = view_.next_chunk(position + 8);
        if (!chunk) return end(position, damaged_payload);
        sound_ = false;
        if (!damaged_payload)
          print_(fmt::format("  offset {}: {} bytes are broken", offset(position), chunk->begin - position));
      }
      position = chunk->end;
      print_chunk(*chunk);
    }
  }

 private:
  std::uint64_t offset(std::uint64_t position) const {
    return persist::offset_in_segment(segment_.header.begin, position);
  }

  // Whether a header stands there whose payload is not what was written.
  bool broken_payload(std::uint64_t position) {
    char bytes[kChunkHeaderBytes];
    const auto got = file_.read(offset(position), bytes, sizeof bytes);
    if (!got || *got != sizeof bytes) return false;
    const auto header = persist::read_chunk_header(segment_.header, position, {bytes, sizeof bytes});
    if (!header) return false;
    print_(fmt::format("  offset {}, position {}: chunk of {} bytes, its checksum is BROKEN", offset(position),
                       position, header->payload_bytes));
    sound_ = false;
    return true;
  }

  // A broken last chunk was perhaps never finished.
  bool end(std::uint64_t position, bool unfinished) {
    if (view_.trouble()) {
      print_("  " + view_.trouble()->text);
      return false;
    }
    print_(fmt::format("  ends at offset {}, position {}{}", offset(position), position,
                       unfinished ? ": the last chunk is unfinished or damaged" : ""));
    return sound_;
  }

  void print_chunk(const ChunkView& chunk) {
    print_(fmt::format("  offset {}, position {}: chunk of {} bytes, checksum ok, durable then {}", offset(chunk.begin),
                       chunk.begin, chunk.payload.size(), chunk.synced));
    broker::RecordWalk walk(chunk.payload);
    while (const broker::ReadRecord* record = walk.next()) print_("    " + record_words(*record, quote_max_));
    if (walk.ok()) return;
    print_("    the rest of the chunk makes no sense");
    sound_ = false;
  }

  persist::File& file_;
  const Segment& segment_;
  std::size_t quote_max_;
  const Print& print_;
  persist::SegmentView view_;
  persist::Outcome opened_;
  bool sound_ = true;
};

struct Listed {
  std::uint32_t shard = 0;
  persist::SegmentNumber number = 0;
  std::string name;
};

}  // namespace

bool dump_journal_file(persist::Folder& folder, std::string_view name, std::size_t quote_max, const Print& print) {
  auto file = folder.open(name);
  if (!file) return print(file.error().text), false;
  const Headers headers = read_headers(**file);
  if (!headers.header) {
    print(fmt::format("{}: {} bytes, {}", name, (*file)->size(),
                      headers.blank ? "a spare that was never begun" : "neither copy of its header is whole"));
    return headers.blank;
  }
  const SegmentHeader& header = *headers.header;
  if (header.version > persist::kJournalVersion)
    return print(fmt::format("{}: written by a newer program, version {}", name, header.version)), false;
  print(fmt::format("{}: {} bytes, shard {}, segment {}, begins at position {}, durable then {}{}", name,
                    (*file)->size(), header.shard, header.number, header.begin, header.synced,
                    headers.both ? "" : ", one copy of its header is BROKEN"));
  const Segment segment{header, {std::string(name), (*file)->size(), header.number, header.begin}};
  return JournalDump(folder, **file, segment, quote_max, print).run() && headers.both;
}

bool dump_journals(persist::Folder& folder, std::size_t quote_max, const Print& print) {
  const auto names = folder.list();
  if (!names) return print(names.error().text), false;
  std::vector<Listed> files;
  for (const std::string& name : *names) {
    const auto slot = persist::parse_slot_name(name);
    if (!slot) {
      print(fmt::format("{}: not a file of a journal", name));
      continue;
    }
    auto file = folder.open(name);
    const Headers headers = file ? read_headers(**file) : Headers{};
    files.push_back({slot->shard, headers.header ? headers.header->number : 0, name});
  }
  std::ranges::sort(files, {}, [](const Listed& one) { return std::tie(one.shard, one.number, one.name); });
  bool sound = true;
  for (const Listed& one : files) sound &= dump_journal_file(folder, one.name, quote_max, print);
  return sound;
}

}  // namespace warren::logdump
