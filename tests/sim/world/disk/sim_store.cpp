#include "tests/sim/world/disk/sim_store.hpp"

#include <utility>

#include "base/check.hpp"
#include "tests/sim/world/disk/sim_file.hpp"

namespace warren::sim {
namespace {

using persist::Outcome;
using persist::Trouble;
using persist::TroubleKind;

void check_key(std::string_view key) {
  WARREN_CHECK(!key.empty() && key.size() <= persist::kKeyBytesMax, "a key has one to kKeyBytesMax bytes");
}

std::uint64_t bytes_of(std::string_view key, std::string_view value) { return key.size() + value.size(); }

// How much the values grow. Erased bytes count only once the batch is through: a store writes the new beside the old.
std::uint64_t growth_of(const persist::StoreBatch& batch) {
  std::uint64_t bytes = 0;
  for (const auto& put : batch.puts) bytes += bytes_of(put.key, put.value.view());
  return bytes;
}

void carry_out(const persist::StoreBatch& batch, SimValues& values) {
  for (const auto& erase : batch.erases) values.erase({erase.table, erase.key});
  for (const auto& put : batch.puts)
    values.insert_or_assign({put.table, put.key}, SimValue{std::string(put.value.view()), false});
}

}  // namespace

Outcome SimStore::commit(const persist::StoreBatch& batch) {
  for (const auto& put : batch.puts) check_key(put.key);
  for (const auto& erase : batch.erases) check_key(erase.key);
  if (!disk_.alive(generation_)) return crashed_trouble("commit");
  const Disk::Fate fate = disk_.fate(disk_.settings().commit_error_each);
  if (fate == Disk::Fate::refused) return Trouble{TroubleKind::failed, "cannot commit: the simulated device refuses"};
  const std::uint64_t growth = growth_of(batch);
  if (growth != 0 && !disk_.has_room(growth)) return Trouble{TroubleKind::full, "cannot commit: no space is left"};
  if (fate == Disk::Fate::happens || disk_.rng().one_in(2)) carry_out(batch, disk_.open_values());
  if (fate == Disk::Fate::interrupted) return crashed_trouble("commit");
  return Done{};
}

Result<bool, Trouble> SimStore::get(persist::Table table, std::string_view key, ByteBuffer& value) {
  check_key(key);
  if (!disk_.alive(generation_)) return crashed_trouble("get");
  if (disk_.read_fails()) return Trouble{TroubleKind::failed, "cannot get: the simulated device refuses"};
  const auto found = disk_.values().find({table, std::string(key)});
  if (found == disk_.values().end()) return false;
  if (found->second.damaged) return Trouble{TroubleKind::damaged, "a value is not what was written"};
  value.clear();
  value.append(found->second.bytes);
  return true;
}

Result<std::uint64_t, Trouble> SimStore::scan(persist::Table table, std::string_view from, const Visit& visit) {
  if (!disk_.alive(generation_)) return crashed_trouble("scan");
  if (disk_.read_fails()) return Trouble{TroubleKind::failed, "cannot scan: the simulated device refuses"};
  std::uint64_t damaged = 0;
  const SimValues& values = disk_.values();
  for (auto at = values.lower_bound({table, std::string(from)}); at != values.end() && at->first.first == table; ++at) {
    if (at->second.damaged)
      ++damaged;
    else if (!visit(at->first.second, at->second.bytes))
      break;
  }
  return damaged;
}

Outcome SimStore::scan_keys(persist::Table table, std::string_view from, const VisitKey& visit) {
  if (!disk_.alive(generation_)) return crashed_trouble("scan");
  if (disk_.read_fails()) return Trouble{TroubleKind::failed, "cannot scan: the simulated device refuses"};
  const SimValues& values = disk_.values();
  for (auto at = values.lower_bound({table, std::string(from)}); at != values.end() && at->first.first == table; ++at)
    if (!visit(at->first.second)) break;
  return Done{};
}

}  // namespace warren::sim
