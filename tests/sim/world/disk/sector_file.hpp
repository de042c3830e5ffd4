// The bytes of one file: as programs see them, and as they lie on the platter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "tests/sim/world/disk/disk_settings.hpp"

namespace warren::sim {

inline constexpr std::uint64_t kSectorBytes = 512;

class SectorFile {
 public:
  // Zeros, on the platter.
  explicit SectorFile(std::uint64_t bytes) : seen_(bytes, '\0'), platter_(seen_) {}

  std::uint64_t size() const { return seen_.size(); }
  std::uint64_t read(std::uint64_t offset, char* to, std::uint64_t bytes) const;
  void write(std::uint64_t offset, std::string_view bytes);
  // A beginning of the bytes, or pieces of it.
  void write_in_part(std::uint64_t offset, std::string_view bytes, Rng& rng);
  void sync();
  // Some sectors reach the platter, the others are forgotten: they count as synced and are not.
  void fail_sync(Rng& rng);
  // Some sectors reach the platter; nothing is forgotten.
  void sync_in_part(Rng& rng);
  void crash(CrashKind kind, Rng& rng);
  // Turns a bit of the platter, as programs will see. What waits for a sync may still cover it.
  void flip_bit(Rng& rng);

  // What would be there after a power loss that spares nothing.
  const std::string& platter() const { return platter_; }

 private:
  // A sector as it was after some write.
  struct Sector {
    std::uint64_t number = 0;
    std::string bytes;
  };
  using Write = std::vector<Sector>;

  void settle(const Sector& sector);
  void lose_power(Rng& rng);

  std::string seen_;
  std::string platter_;
  std::vector<Write> waiting_;  // since the last sync
};

}  // namespace warren::sim
