// A new file in place of the old one, whole or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "persist/lmdb/environment.hpp"

namespace warren::persist::lmdb {

// Where a store is put together that will get the name `path`. What lies there at the start is left from a crash.
std::string replacement_path(const std::string& path);

// Makes an empty store beside `path`, has `fill` fill it, and puts it in place of what has the name. Durable when it
// returns; the old file is as it was when there is trouble. Falling back by one commit finds it filled as well.
Outcome replace_store(const std::string& path, std::uint64_t map_bytes, std::uint64_t commit_base,
                      const std::function<Outcome(Environment&)>& fill);

}  // namespace warren::persist::lmdb
