// The disk of one node: folders of files, the store, space and faults. Driven by one seed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "persist/file.hpp"
#include "persist/store.hpp"
#include "tests/sim/world/disk/sector_file.hpp"

namespace warren::sim {

// What a folder holds. Handles share its files: a removed file lives until they are gone.
struct SimFiles {
  std::map<std::string, std::shared_ptr<SectorFile>, std::less<>> present;
  std::vector<std::pair<std::string, std::shared_ptr<SectorFile>>> removed;  // and not yet for good
};

struct SimValue {
  std::string bytes;
  bool damaged = false;
};
using SimValues = std::map<std::pair<persist::Table, std::string>, SimValue>;

class Disk {
 public:
  Disk(std::uint64_t seed, const DiskSettings& settings) : rng_(seed), settings_(settings) {}
  // A disk with the same contents, fate and random future; without handles.
  Disk(const Disk& other);
  Disk& operator=(const Disk&) = delete;

  // ---- for the node ----

  // The folder of that name, made if need be. It must not outlive the disk; it is dead after a crash.
  std::unique_ptr<persist::Folder> folder(std::string_view name);
  // The same holds for it.
  std::unique_ptr<persist::Store> store();
  std::uint64_t used_bytes() const;
  std::uint64_t free_bytes() const;

  // ---- for the world ----

  void set(const DiskSettings& settings) { settings_ = settings; }
  const DiskSettings& settings() const { return settings_; }
  Micros latency() { return 1 + static_cast<Micros>(rng_.below(static_cast<std::uint64_t>(settings_.latency_max))); }
  // The program or the power is gone; all handles are dead. What follows works with new ones.
  void crash(CrashKind kind);
  // After so many further changes and syncs the next one happens in part or not at all, and everything after it fails,
  // until crash() is called.
  void crash_after_operations(std::uint64_t operations);
  void cancel_countdown() { counting_ = false; }
  // The countdown has run out.
  bool crashed() const { return crashed_; }
  std::uint64_t operations() const { return operations_; }
  // Bits that have turned so far.
  std::uint64_t flips() const { return flips_; }
  // Turns a bit of a file, or damages a value of the store. False: there is nothing to damage.
  bool flip();
  const SimValues& values() const { return values_; }
  const std::map<std::string, SimFiles, std::less<>>& folders() const { return folders_; }

  // ---- for its folders, files and store ----

  enum class Fate : std::uint8_t { happens, refused, interrupted };
  std::uint64_t generation() const { return generation_; }
  bool alive(std::uint64_t generation) const { return generation == generation_ && !crashed_; }
  // How a change fares that fails once in so many. Requires: alive.
  Fate fate(std::uint64_t error_each);
  bool read_fails() { return settings_.read_error_each != 0 && rng_.one_in(settings_.read_error_each); }
  bool has_room(std::uint64_t bytes) const { return bytes <= free_bytes(); }
  Rng& rng() { return rng_; }
  SimValues& open_values() { return values_; }

 private:
  Rng rng_;
  DiskSettings settings_;
  std::map<std::string, SimFiles, std::less<>> folders_;
  SimValues values_;
  std::uint64_t generation_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t countdown_ = 0;
  std::uint64_t flips_ = 0;
  bool counting_ = false;
  bool crashed_ = false;
};

}  // namespace warren::sim
