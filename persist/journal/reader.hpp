// Reads the journal of one shard after a start.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "persist/file.hpp"
#include "persist/journal/journal.hpp"

namespace warren::persist {

// The payload is valid during the call.
using VisitChunk = std::function<void(ChunkPlace place, std::string_view payload)>;

// Visits the chunks from that start on, in order, each one whole and once.
//
// What is missing or broken is told apart by what later chunks say was durable when they were written: bytes that were
// durable are damage, are reported, copied to `damaged-<shard>-<position>` if there is room, and reading goes on behind
// them. Everything else is an unfinished write: it and all that follows is cut, even if a power loss has left later
// parts of it whole.
//
// Trouble: the folder cannot be read, or belongs to a newer version. Takes memory for one large chunk at most.
Result<JournalReport, Trouble> read_journal(Folder& folder, std::uint32_t shard, JournalStart start,
                                            const VisitChunk& visit);

// Shards of which there are files, sorted.
Result<std::vector<std::uint32_t>, Trouble> journal_shards(Folder& folder);

}  // namespace warren::persist
