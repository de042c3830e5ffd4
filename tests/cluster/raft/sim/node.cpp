#include "tests/cluster/raft/sim/node.hpp"

#include <algorithm>
#include <functional>

#include "base/bytes.hpp"

namespace warren::raft::sim {
namespace {

std::uint64_t mix(std::uint64_t sum, std::uint64_t value) { return Rng(sum ^ (value * 0x9e3779b97f4a7c15ull)).next(); }

}  // namespace

void Disk::write(const Persist& persist, bool keeps_log) {
  state = persist.state;
  if (!keeps_log) return;
  if (persist.snapshot) snapshot = *persist.snapshot;
  if (persist.replace_from) entries.erase(entries.lower_bound(*persist.replace_from), entries.end());
  for (const Entry& entry : persist.entries) entries[entry.place.index] = entry;
  entries.erase(entries.begin(), entries.upper_bound(snapshot.last.index));
}

bool Disk::holds(const Entry& entry) const {
  if (snapshot.last.index >= entry.place.index) return true;
  const auto found = entries.find(entry.place.index);
  return found != entries.end() && found->second == entry;
}

void Chain::apply(const Entry& entry) {
  index = entry.place.index;
  sum = mix(mix(sum, entry.place.index), entry.place.term + std::hash<std::string>{}(entry.command));
}

SnapshotBytes Chain::save(std::size_t padding) const {
  std::string bytes(16 + padding, '.');
  store_big(bytes.data(), index);
  store_big(bytes.data() + 8, sum);
  return std::make_shared<const std::string>(std::move(bytes));
}

void Chain::load(const std::string& bytes) {
  index = load_big<Index>(bytes.data());
  sum = load_big<std::uint64_t>(bytes.data() + 8);
}

Place Node::standard() const {
  const Place last = raft->log().last();
  return kind == Kind::disc || !disk.state ? last : std::max(disk.state->mark, last);
}

}  // namespace warren::raft::sim
