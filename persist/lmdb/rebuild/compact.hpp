// Gives space that is not used any more back to the disk.
#pragma once

#include <string>

#include "persist/lmdb/environment.hpp"

namespace warren::persist::lmdb {

// Copies the store to a new file, which takes its place. Needs as much free space as there is data; the file is as it
// was when there is trouble, or when the power fails. Requires of the file what Environment::open() does, and that it
// is not open. Damaged values are copied as they are.
Outcome compact(const std::string& path, std::uint64_t map_bytes);

}  // namespace warren::persist::lmdb
