// Which files a journal has, and what their headers say.
#pragma once

#include <cstdint>
#include <vector>

#include "persist/file.hpp"
#include "persist/journal/journal.hpp"
#include "persist/journal/segment_view.hpp"

namespace warren::persist {

struct Survey {
  std::vector<Segment> segments;        // to be read, in the order of their numbers, with their bounds
  std::vector<JournalFile> spares;      // older ones, and such that were never begun
  std::vector<JournalFile> unreadable;  // neither copy of the header is whole: begun when the power went, or damaged
  SegmentNumber highest = 0;            // of all that can be read
  std::uint64_t next_slot = 0;
};

// Trouble `foreign`: a file of a newer version, or of another shard.
Result<Survey, Trouble> survey_journal(Folder& folder, std::uint32_t shard, SegmentNumber from);

}  // namespace warren::persist
