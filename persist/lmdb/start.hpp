// From a file in whatever state to an open environment.
#pragma once

#include <memory>
#include <string>

#include "persist/lmdb/environment.hpp"
#include "persist/lmdb/report.hpp"
#include "persist/lmdb/settings.hpp"

namespace warren::persist::lmdb {

// Opens the store, makes it, or mends it, and tells in the report what it found and did. A crash at any moment leaves
// either the old file or the new one under its name.
Result<std::unique_ptr<Environment>, Trouble> start(const std::string& path, const StoreSettings& settings,
                                                    StoreReport& report);

}  // namespace warren::persist::lmdb
