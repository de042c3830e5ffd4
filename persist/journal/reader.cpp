#include "persist/journal/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/plant.hpp"
#include "persist/journal/format.hpp"
#include "persist/journal/set_aside.hpp"
#include "persist/journal/survey.hpp"

namespace warren::persist {
namespace {

// What lies behind a hole.
struct Beyond {
  std::optional<std::uint64_t> chunk;  // where the first whole one begins
  std::uint64_t synced = 0;            // the most that is said to have been durable
  std::uint64_t chunks = 0;
};

class Reader {
 public:
  Reader(Folder& folder, std::uint32_t shard, Survey survey, const VisitChunk& visit)
      : folder_(&folder), shard_(shard), survey_(std::move(survey)), visit_(&visit) {}

  Result<JournalReport, Trouble> read(JournalStart start) {
    if (start.position != JournalStart::kUnknown)
      position_ = start.position;
    else if (!segments().empty())
      position_ = segments().front().header.begin;
    report_.tail.start_position = position_;
    if (Outcome outcome = walk(); !outcome) return std::move(outcome.error());
    rename_unreadable();
    fill_tail(start);
    return std::move(report_);
  }

 private:
  const std::vector<Segment>& segments() const { return survey_.segments; }

  Outcome walk();
  bool visit_here(const Segment& segment);
  Result<bool, Trouble> pass_hole(std::size_t at);
  Result<Beyond, Trouble> look_beyond(std::size_t at);
  void note_damage(std::uint64_t begin, std::uint64_t end);
  std::uint64_t note_damaged_part(std::uint64_t begin, std::uint64_t end);
  void rename_unreadable();
  void fill_tail(JournalStart start);
  bool ends_behind_next();

  Folder* folder_;
  std::uint32_t shard_;
  Survey survey_;
  const VisitChunk* visit_;
  SegmentView view_;
  std::uint64_t position_ = 0;  // everything before it is visited, or reported
  JournalReport report_;
};

Outcome Reader::walk() {
  for (std::size_t at = 0; at < segments().size();) {
    const Segment& segment = segments()[at];
    if (position_ >= segment.bound) {
      ++at;
      continue;
    }
    if (position_ >= segment.header.begin) {
      if (Outcome outcome = view_.use(*folder_, segment); !outcome) return outcome;
      if (planted(8) && at + 1 == segments().size() && ends_behind_next()) break;
      if (visit_here(segment)) continue;
      if (view_.trouble()) return *view_.trouble();
    }
    const auto passed = pass_hole(at);
    if (!passed) return passed.error();
    if (!*passed) break;
  }
  return Done{};
}

// A planted bug asks: is the next chunk the last one?
bool Reader::ends_behind_next() {
  const auto chunk = view_.chunk_at(position_);
  return chunk && !view_.chunk_at(chunk->end);
}

bool Reader::visit_here(const Segment& segment) {
  const auto chunk = view_.chunk_at(position_);
  if (!chunk) return false;
  // The bug needs no more than to stop where another chunk could follow.
  position_ = chunk->end;
  ++report_.chunks;
  report_.payload_bytes += chunk->payload.size();
  (*visit_)({segment.header.number, chunk->end}, chunk->payload);
  return true;
}

// There is no whole chunk here. Returns whether reading goes on behind the hole, or ends.
Result<bool, Trouble> Reader::pass_hole(std::size_t at) {
  const auto beyond = look_beyond(at);
  if (!beyond) return beyond.error();
  const bool goes_on = beyond->chunk && *beyond->chunk <= beyond->synced;
  if (beyond->synced > position_) {
    const std::uint64_t end = goes_on ? *beyond->chunk : beyond->synced;
    note_damage(position_, end);
    position_ = end;
  }
  if (!goes_on) report_.cut_chunks += beyond->chunks;
  return goes_on;
}

// Looks until it is clear that the first chunk behind the hole was written when the hole was durable, else to the end.
Result<Beyond, Trouble> Reader::look_beyond(std::size_t at) {
  Beyond beyond;
  for (std::size_t i = at; i < segments().size(); ++i) {
    const Segment& segment = segments()[i];
    beyond.synced = std::max(beyond.synced, segment.header.synced);
    if (position_ >= segment.bound) continue;
    if (Outcome outcome = view_.use(*folder_, segment); !outcome) return std::move(outcome.error());
    std::uint64_t from = position_;
    while (const auto chunk = view_.next_chunk(from)) {
      from = chunk->end;
      if (!beyond.chunk) beyond.chunk = chunk->begin;
      beyond.synced = std::max(beyond.synced, chunk->synced);
      ++beyond.chunks;
      if (beyond.synced >= *beyond.chunk) return beyond;
    }
    if (view_.trouble()) return *view_.trouble();
  }
  return beyond;
}

void Reader::note_damage(std::uint64_t begin, std::uint64_t end) {
  while (begin < end) begin = note_damaged_part(begin, end);
}

// Notes the part of a damaged range that lies in one file, or in none. Returns where it ends.
std::uint64_t Reader::note_damaged_part(std::uint64_t begin, std::uint64_t end) {
  JournalDamage damage{begin, end, {}, 0, {}};
  for (const Segment& segment : segments()) {
    if (begin >= segment.bound) continue;
    if (begin < segment.header.begin) {
      damage.end = std::min(end, segment.header.begin);
      break;
    }
    damage.end = std::min(end, segment.bound);
    const std::uint64_t offset = offset_in_segment(segment.header.begin, begin);
    if (offset >= segment.file.bytes) break;
    damage.end = std::min(damage.end, begin + (segment.file.bytes - offset));
    damage.file = segment.file.name;
    damage.offset = offset;
    break;
  }
  damage.text = set_aside(*folder_, shard_, damage);
  report_.damage.push_back(std::move(damage));
  return report_.damage.back().end;
}

// When bytes are missing of which no file knows, a file that nobody can read may hold them: it is kept under a name
// that is not overwritten. Else it was begun when the power went, and nothing in it was durable.
void Reader::rename_unreadable() {
  const auto missing = [](const JournalDamage& damage) { return damage.file.empty(); };
  const bool keep = std::any_of(report_.damage.begin(), report_.damage.end(), missing);
  for (JournalFile& file : survey_.unreadable)
    if (!keep)
      survey_.spares.push_back(std::move(file));
    else
      (void)folder_->rename(file.name, fmt::format("damaged-{}", file.name));
}

void Reader::fill_tail(JournalStart start) {
  JournalTail& tail = report_.tail;
  tail.next_segment = std::max({survey_.highest + 1, start.segment, SegmentNumber{1}});
  tail.next_position = position_;
  tail.next_slot = survey_.next_slot;
  for (Segment& segment : survey_.segments) tail.live.push_back(std::move(segment.file));
  tail.spares = std::move(survey_.spares);
}

}  // namespace

Result<JournalReport, Trouble> read_journal(Folder& folder, std::uint32_t shard, JournalStart start,
                                            const VisitChunk& visit) {
  auto survey = survey_journal(folder, shard, start.segment);
  if (!survey) return std::move(survey.error());
  return Reader(folder, shard, std::move(*survey), visit).read(start);
}

Result<std::vector<std::uint32_t>, Trouble> journal_shards(Folder& folder) {
  auto names = folder.list();
  if (!names) return std::move(names.error());
  std::set<std::uint32_t> shards;
  for (const std::string& name : *names)
    if (const auto slot = parse_slot_name(name)) shards.insert(slot->shard);
  return std::vector<std::uint32_t>(shards.begin(), shards.end());
}

}  // namespace warren::persist
