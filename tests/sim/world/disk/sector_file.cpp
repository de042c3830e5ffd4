#include "tests/sim/world/disk/sector_file.hpp"

#include <algorithm>
#include <utility>

namespace warren::sim {

std::uint64_t SectorFile::read(std::uint64_t offset, char* to, std::uint64_t bytes) const {
  if (offset >= seen_.size()) return 0;
  return seen_.copy(to, bytes, offset);
}

void SectorFile::write(std::uint64_t offset, std::string_view bytes) {
  if (bytes.empty()) return;
  const std::uint64_t end = offset + bytes.size();
  if (end > seen_.size()) seen_.resize(end, '\0');
  seen_.replace(offset, bytes.size(), bytes);
  Write& write = waiting_.emplace_back();
  for (std::uint64_t number = offset / kSectorBytes; number * kSectorBytes < end; ++number)
    write.push_back({number, seen_.substr(number * kSectorBytes, kSectorBytes)});
}

void SectorFile::write_in_part(std::uint64_t offset, std::string_view bytes, Rng& rng) {
  if (bytes.empty()) return;
  write(offset, bytes.substr(0, rng.below(bytes.size() + 1)));
  if (!rng.one_in(4)) return;
  const std::uint64_t first = rng.below(bytes.size());
  write(offset + first, bytes.substr(first, 1 + rng.below(bytes.size() - first)));
}

void SectorFile::settle(const Sector& sector) {
  const std::uint64_t at = sector.number * kSectorBytes;
  if (at + sector.bytes.size() > platter_.size()) platter_.resize(at + sector.bytes.size(), '\0');
  platter_.replace(at, sector.bytes.size(), sector.bytes);
}

void SectorFile::sync() {
  for (const Write& write : waiting_)
    for (const Sector& sector : write) settle(sector);
  waiting_.clear();
}

void SectorFile::fail_sync(Rng& rng) {
  sync_in_part(rng);
  waiting_.clear();
}

void SectorFile::sync_in_part(Rng& rng) {
  for (const Write& write : waiting_)
    for (const Sector& sector : write)
      if (rng.one_in(2)) settle(sector);
}

void SectorFile::crash(CrashKind kind, Rng& rng) {
  if (kind == CrashKind::power) return lose_power(rng);
  // What a failed sync has dropped leaves the system's memory while nobody holds the file.
  std::string clean = platter_;
  clean.resize(std::max(seen_.size(), clean.size()), '\0');
  for (const Write& write : waiting_)
    for (const Sector& sector : write) clean.replace(sector.number * kSectorBytes, sector.bytes.size(), sector.bytes);
  seen_ = std::move(clean);
}

void SectorFile::lose_power(Rng& rng) {
  const std::vector<Write> waiting = std::exchange(waiting_, {});
  const std::uint64_t fate = rng.below(5);
  const std::size_t whole = fate == 0 ? waiting.size() : fate == 1 ? 0 : rng.below(waiting.size() + 1);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const bool torn = fate >= 2 && (i == whole || fate >= 3);
    const std::uint64_t share = 1 + rng.below(4);
    for (const Sector& sector : waiting[i])
      if (fate == 0 || (fate <= 3 && i < whole) || (torn && rng.one_in(share))) settle(sector);
  }
  seen_ = platter_;
}

void SectorFile::flip_bit(Rng& rng) {
  if (platter_.empty()) return;
  const std::uint64_t at = rng.below(platter_.size());
  platter_[at] = static_cast<char>(platter_[at] ^ (1 << rng.below(8)));
  if (at < seen_.size()) seen_[at] = platter_[at];
}

}  // namespace warren::sim
