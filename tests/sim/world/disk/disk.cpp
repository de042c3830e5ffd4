#include "tests/sim/world/disk/disk.hpp"

#include <algorithm>
#include <iterator>

#include "tests/sim/world/disk/sim_file.hpp"
#include "tests/sim/world/disk/sim_store.hpp"

namespace warren::sim {

Disk::Disk(const Disk& other)
    : rng_(other.rng_),
      settings_(other.settings_),
      folders_(other.folders_),
      values_(other.values_),
      generation_(other.generation_),
      operations_(other.operations_),
      countdown_(other.countdown_),
      flips_(other.flips_),
      counting_(other.counting_),
      crashed_(other.crashed_) {
  for (auto& [name, files] : folders_) {
    for (auto& [file_name, file] : files.present) file = std::make_shared<SectorFile>(*file);
    for (auto& [file_name, file] : files.removed) file = std::make_shared<SectorFile>(*file);
  }
}

std::unique_ptr<persist::Folder> Disk::folder(std::string_view name) {
  return std::make_unique<SimFolder>(*this, folders_[std::string(name)]);
}

std::unique_ptr<persist::Store> Disk::store() { return std::make_unique<SimStore>(*this); }

std::uint64_t Disk::used_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, files] : folders_)
    for (const auto& [file_name, file] : files.present) bytes += file->size();
  for (const auto& [key, value] : values_) bytes += key.second.size() + value.bytes.size();
  return bytes;
}

std::uint64_t Disk::free_bytes() const {
  const std::uint64_t used = used_bytes();
  return settings_.capacity_bytes > used ? settings_.capacity_bytes - used : 0;
}

Disk::Fate Disk::fate(std::uint64_t error_each) {
  ++operations_;
  if (counting_ && countdown_-- == 0) {
    counting_ = false;
    crashed_ = true;
    return Fate::interrupted;
  }
  return error_each != 0 && rng_.one_in(error_each) ? Fate::refused : Fate::happens;
}

void Disk::crash_after_operations(std::uint64_t operations) {
  countdown_ = operations;
  counting_ = true;
}

void Disk::crash(CrashKind kind) {
  ++generation_;
  crashed_ = false;
  counting_ = false;
  for (auto& [name, files] : folders_) {
    if (kind == CrashKind::power)
      for (auto& [file_name, file] : files.removed)
        if (rng_.one_in(2)) files.present.try_emplace(file_name, std::move(file));
    files.removed.clear();
    for (auto& [file_name, file] : files.present) file->crash(kind, rng_);
  }
  if (settings_.flip_each != 0 && rng_.one_in(settings_.flip_each)) flip();
}

bool Disk::flip() {
  std::vector<SectorFile*> files;
  for (const auto& [name, folder] : folders_)
    for (const auto& [file_name, file] : folder.present)
      if (file->size() != 0) files.push_back(file.get());
  const std::size_t choices = files.size() + values_.size();
  if (choices == 0) return false;
  ++flips_;
  const std::size_t choice = rng_.below(choices);
  if (choice < files.size())
    files[choice]->flip_bit(rng_);
  else
    std::next(values_.begin(), static_cast<std::ptrdiff_t>(choice - files.size()))->second.damaged = true;
  return true;
}

}  // namespace warren::sim
