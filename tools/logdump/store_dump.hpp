// The store's file, printed for people. Read without LMDB, which would change it and would trust it.
#pragma once

#include <cstddef>

#include "persist/lmdb/raw/page_source.hpp"
#include "tools/logdump/words.hpp"

namespace warren::logdump {

// Every value that is what was written, table by table in the order of keys; says what is broken, and goes on behind
// it. Takes memory for one value, and a little for each page. False: something is broken, or the file is not ours.
bool dump_store(const persist::lmdb::PageSource& source, std::size_t quote_max, const Print& print);

}  // namespace warren::logdump
