// What can go wrong with a disk, as values.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace warren::persist {

enum class TroubleKind : std::uint8_t {
  full,     // no space; may pass
  failed,   // the device or the system refused; may pass
  damaged,  // what was read is not what was written
  foreign,  // written by a newer program, or not ours at all: not to be touched
};

// One complete sentence fragment for the log: "cannot write var/journal/0-12: No space left on device".
struct Trouble {
  TroubleKind kind = TroubleKind::failed;
  std::string text;
};

using Outcome = Result<Done, Trouble>;

}  // namespace warren::persist
