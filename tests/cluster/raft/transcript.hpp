// Transcripts: what happens to a group as lines of text, and below each what its members did. See
// tests/scenarios/raft/README.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/cluster/raft/group.hpp"

namespace warren::raft::testing {

// The transcript as it really goes: inputs, comments and blank lines as they stand, below each input what followed.
std::string retold(std::string_view text);

}  // namespace warren::raft::testing
