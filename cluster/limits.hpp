// Every bound of the cluster's machines. Their relations are checked while compiling.
#pragma once

#include <cstddef>
#include <cstdint>

namespace warren::limits {

// Members of one group, learners included.
inline constexpr std::size_t kMembersMax = 64;

// One command, and the commands of one message. A message carries at least one command, whatever its size.
inline constexpr std::size_t kCommandBytesMax = 4 << 20;
inline constexpr std::size_t kAppendBytesMax = 1 << 20;
inline constexpr std::size_t kAppendEntriesMax = 4096;

// Appends on the way to one member that have not been answered.
inline constexpr std::size_t kAppendsInFlightMax = 32;

// A snapshot, and the piece of it that one message carries.
inline constexpr std::size_t kSnapshotBytesMax = 1u << 30;
inline constexpr std::size_t kSnapshotPieceBytes = 256 << 10;

// A whole message: what is longer is not read.
inline constexpr std::size_t kRaftMessageBytesMax = 8 << 20;

// Commands kept in memory since the last snapshot; beyond it proposals are refused until there is a new one.
inline constexpr std::size_t kLogBytesMax = 256 << 20;

// Proposals of one input, those that wait for their commit, and answers that wait for the disk.
inline constexpr std::size_t kProposalsMax = 4096;
inline constexpr std::size_t kProposalsWaitingMax = 65536;
inline constexpr std::size_t kAnswersHeldMax = 4096;

// What an entry counts beside its command.
inline constexpr std::size_t kEntryOverheadBytes = 64;

static_assert(kCommandBytesMax + kAppendBytesMax + kAppendEntriesMax * kEntryOverheadBytes < kRaftMessageBytesMax);
static_assert(kSnapshotPieceBytes < kRaftMessageBytesMax);
static_assert(kSnapshotBytesMax < (1ull << 32), "fields are shorter than 4 GiB");

}  // namespace warren::limits
