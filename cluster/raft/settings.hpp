// What a group may be told about its timing and sizes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace warren::raft {

struct Settings {
  Instant heartbeat_ms = 100;
  Instant election_ms = 1000;             // silence before an election, at least; at most twice as long
  Instant ram_delay_ms = 1000;            // ram members wait longer by this
  Instant witness_delay_ms = 2000;        // and witnesses by this
  std::size_t snapshot_entries = 10'000;  // a snapshot is wanted after so many
  std::size_t kept_entries = 1'000;       // stay in memory behind a snapshot, for members that lag a little
};

}  // namespace warren::raft
