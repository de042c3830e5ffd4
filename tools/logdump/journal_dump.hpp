// Journals, printed for people.
#pragma once

#include <cstddef>
#include <string_view>

#include "persist/file.hpp"
#include "tools/logdump/words.hpp"

namespace warren::logdump {

// What of one file of a journal is whole; says what is broken, and goes on behind it. Takes memory for its largest
// chunk. False: something is broken or cannot be read.
bool dump_journal_file(persist::Folder& folder, std::string_view name, std::size_t quote_max, const Print& print);

// All files of all journals of a folder, each shard's in the order of its segments. False as above.
bool dump_journals(persist::Folder& folder, std::size_t quote_max, const Print& print);

}  // namespace warren::logdump
