#include "persist/lmdb/start.hpp"

#include <unistd.h>

#include "persist/lmdb/files.hpp"
#include "persist/lmdb/replacement.hpp"

namespace warren::persist::lmdb {

namespace {

Outcome make_empty(const std::string& path, const StoreSettings& settings) {
  return replace_store(path, settings.map_bytes, 0, [](Environment&) -> Outcome { return Done{}; });
}

}  // namespace

Result<std::unique_ptr<Environment>, Trouble> start(const std::string& path, const StoreSettings& settings,
                                                    StoreReport& report) {
  if (const auto removed = remove_file(replacement_path(path)); !removed) return removed.error();
  if (::access(path.c_str(), F_OK) != 0) {
    if (const auto made = make_empty(path, settings); !made) return made.error();
    report.created = true;
  }
  return Environment::open(path, settings.map_bytes);
}

}  // namespace warren::persist::lmdb
