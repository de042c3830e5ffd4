// How a shard uses its disk.
#pragma once

#include <cstddef>
#include <cstdint>

namespace warren::node {

struct StorageSettings {
  bool enabled = false;                     // false: nothing is kept on disk and nothing goes cold
  std::size_t hot_bytes = 32 << 20;         // ready messages kept in memory; beyond it the late ones go cold
  std::size_t chunk_bytes = 64 << 10;       // of a cold chunk, about
  std::size_t job_bytes = 4 << 20;          // of messages written by one job, about
  std::size_t shared_body_bytes = 4 << 10;  // bodies of that size lie in the store once for all queues that hold them
  std::size_t read_ahead_bytes = 1 << 20;   // of a queue whose front is cold
  std::size_t undurable_bytes_max = 64 << 20;  // of the journal; beyond it publishers are not read
  std::uint64_t fill_bytes_per_s_max = 0;      // of what copies of a queue lack, to each; zero: see mirror::Shipping
  std::uint32_t segments_kept = 2;             // full segments of the journal before the oldest is emptied
};

}  // namespace warren::node
