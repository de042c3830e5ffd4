// The bounds of administration.
#pragma once

#include <cstddef>

namespace warren::manage::limits {

// One request on the control socket.
inline constexpr std::size_t kRequestBytesMax = 1 << 20;
// One answer. What would be longer is refused: fewer columns, or one vhost, can be asked for.
inline constexpr std::size_t kAnswerBytesMax = 256 << 20;
// Requests that wait for their answers at the same time.
inline constexpr std::size_t kWaitingRequestsMax = 64;
// Columns of one listing.
inline constexpr std::size_t kColumnsMax = 64;
// Queues that are moved at once.
inline constexpr std::size_t kMovesMax = 1000;

// What the contents of a queue and its copies may take to be compared.
inline constexpr int kComparisonMax_ms = 600'000;

static_assert(kRequestBytesMax < kAnswerBytesMax);

}  // namespace warren::manage::limits
