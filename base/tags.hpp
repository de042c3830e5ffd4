// The register of numbers by which records are told apart where they outlive the program that wrote them.
#pragma once

#include <cstdint>

namespace warren {

// Kinds of definitions in the stored catalog: the first byte of a key. On disk: never changed, never used again for
// something else. Restoring goes in this order, so that what is pointed to comes before what points.
enum class DefinitionTag : std::uint8_t {
  vhost = 1,
  user = 2,
  permission = 3,
  exchange = 4,
  queue = 5,
  binding = 6,
  counters = 7,
};

// Messages between the members of a group that agrees: their first byte. Between programs of different age: never
// changed.
enum class RaftMessageTag : std::uint8_t {
  none = 0,
  vote_request = 1,
  vote_answer = 2,
  append = 3,
  append_answer = 4,
  snapshot_piece = 5,
  snapshot_answer = 6,
  campaign_now = 7,
};

}  // namespace warren
