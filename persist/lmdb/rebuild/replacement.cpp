#include "persist/lmdb/rebuild/replacement.hpp"

#include "persist/lmdb/files.hpp"

namespace warren::persist::lmdb {

namespace {

Outcome build(const std::string& path, std::uint64_t map_bytes, std::uint64_t commit_base,
              const std::function<Outcome(Environment&)>& fill) {
  auto created = Environment::create(path, map_bytes, commit_base);
  if (!created) return created.error();
  Environment& environment = **created;
  if (auto filled = fill(environment); !filled) return filled;
  // One commit more, so that both of LMDB's meta pages tell of all that is there.
  if (auto repeated = environment.rebase(environment.commit_base()); !repeated) return repeated;
  return environment.sync();
}

}  // namespace

std::string replacement_path(const std::string& path) { return path + ".new"; }

Outcome replace_store(const std::string& path, std::uint64_t map_bytes, std::uint64_t commit_base,
                      const std::function<Outcome(Environment&)>& fill) {
  const std::string replacement = replacement_path(path);
  if (auto removed = remove_file(replacement); !removed) return removed;
  auto outcome = build(replacement, map_bytes, commit_base, fill);
  if (outcome) outcome = move_file(replacement, path);
  if (!outcome) (void)remove_file(replacement);
  (void)remove_file(replacement + "-lock");
  return outcome;
}

}  // namespace warren::persist::lmdb
