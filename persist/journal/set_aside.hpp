// Keeps damaged bytes for those who look into it later.
#pragma once

#include <cstdint>
#include <string>

#include "persist/file.hpp"
#include "persist/journal/journal.hpp"

namespace warren::persist {

// Copies the damaged bytes to `damaged-<shard>-<position>`, unless that file is there already; nobody removes it. Does
// nothing when they are in no file, or cannot be copied. Returns the sentence that says what is damaged and what became
// of it.
std::string set_aside(Folder& folder, std::uint32_t shard, const JournalDamage& damage);

}  // namespace warren::persist
