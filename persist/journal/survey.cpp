#include "persist/journal/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace warren::persist {
namespace {

// Both copies of the header lie in it.
using Head = std::array<char, 1024>;

std::optional<SegmentHeader> header_of(const Head& head) {
  const auto first = read_segment_header({head.data(), kSegmentHeaderBytes});
  const auto second = read_segment_header({head.data() + kSegmentHeaderCopy, kSegmentHeaderBytes});
  if (!first || !second) return first ? first : second;
  return second->number > first->number ? second : first;
}

Outcome check_ours(const SegmentHeader& header, std::uint32_t shard, const std::string& name) {
  if (header.version != kJournalVersion)
    return Trouble{TroubleKind::foreign,
                   fmt::format("journal file {} has format {}, this program knows formats up to {}: start the version "
                               "that wrote it",
                               name, header.version, kJournalVersion)};
  if (header.shard != shard)
    return Trouble{TroubleKind::foreign,
                   fmt::format("journal file {} was written for shard {}: it was renamed", name, header.shard)};
  return Done{};
}

// Finds the place of one file in the survey.
Outcome sort_in(Folder& folder, SlotName slot, SegmentNumber from, Survey& survey) {
  JournalFile entry;
  entry.name = slot_name(slot);
  auto file = folder.open(entry.name);
  if (!file) return std::move(file.error());
  entry.bytes = (*file)->size();
  Head head{};
  if (const auto got = (*file)->read(0, head.data(), head.size()); !got) return got.error();
  const auto header = header_of(head);
  if (!header) {
    const bool blank = std::all_of(head.begin(), head.end(), [](char byte) { return byte == 0; });
    (blank ? survey.spares : survey.unreadable).push_back(std::move(entry));
    return Done{};
  }
  if (Outcome outcome = check_ours(*header, slot.shard, entry.name); !outcome) return outcome;
  survey.highest = std::max(survey.highest, header->number);
  if (header->number < from) {
    survey.spares.push_back(std::move(entry));
    return Done{};
  }
  entry.number = header->number;
  entry.begin = header->begin;
  survey.segments.push_back({*header, std::move(entry)});
  return Done{};
}

// A later segment may begin before the end of an earlier one: what was not durable there was cut, or written again.
void set_bounds(std::vector<Segment>& segments) {
  std::sort(segments.begin(), segments.end(), [](const Segment& left, const Segment& right) {
    return std::pair(left.header.number, left.file.name) < std::pair(right.header.number, right.file.name);
  });
  for (std::size_t i = segments.size(); i-- > 1;)
    segments[i - 1].bound = std::min(segments[i].bound, segments[i].header.begin);
}

}  // namespace

Result<Survey, Trouble> survey_journal(Folder& folder, std::uint32_t shard, SegmentNumber from) {
  auto names = folder.list();
  if (!names) return std::move(names.error());
  Survey survey;
  for (const std::string& name : *names) {
    const auto slot = parse_slot_name(name);
    if (!slot || slot->shard != shard) continue;
    survey.next_slot = std::max(survey.next_slot, slot->slot + std::uint64_t{1});
    if (Outcome outcome = sort_in(folder, *slot, from, survey); !outcome) return std::move(outcome.error());
  }
  set_bounds(survey.segments);
  return survey;
}

}  // namespace warren::persist
