#include "tests/sim/world/disk/sim_file.hpp"

#include <fmt/core.h>

#include <utility>

namespace warren::sim {
namespace {

using persist::Outcome;
using persist::Trouble;
using persist::TroubleKind;

Trouble failed(std::string_view what, std::string_view name) {
  return {TroubleKind::failed, fmt::format("cannot {} {}: the simulated device refuses", what, name)};
}

Trouble missing(std::string_view what, std::string_view name) {
  return {TroubleKind::failed, fmt::format("cannot {} {}: there is no such file", what, name)};
}

Trouble full(std::string_view what, std::string_view name) {
  return {TroubleKind::full, fmt::format("cannot {} {}: no space is left", what, name)};
}

}  // namespace

Trouble crashed_trouble(std::string_view what) {
  return {TroubleKind::failed, fmt::format("cannot {}: crashed", what)};
}

// ---- files ----

SimFile::SimFile(Disk& disk, std::string name, std::shared_ptr<SectorFile> content)
    : disk_(disk), generation_(disk.generation()), name_(std::move(name)), content_(std::move(content)) {}

Outcome SimFile::write(std::uint64_t offset, std::string_view bytes) {
  if (!disk_.alive(generation_)) return crashed_trouble("write");
  const Disk::Fate fate = disk_.fate(disk_.settings().write_error_each);
  if (fate == Disk::Fate::happens) {
    const std::uint64_t end = offset + bytes.size();
    if (end > content_->size() && !disk_.has_room(end - content_->size())) return full("write", name_);
    content_->write(offset, bytes);
    return Done{};
  }
  content_->write_in_part(offset, bytes, disk_.rng());
  return fate == Disk::Fate::refused ? failed("write", name_) : crashed_trouble("write");
}

Outcome SimFile::sync() {
  if (!disk_.alive(generation_)) return crashed_trouble("sync");
  switch (disk_.fate(disk_.settings().sync_error_each)) {
    case Disk::Fate::happens: content_->sync(); return Done{};
    case Disk::Fate::refused: content_->fail_sync(disk_.rng()); return failed("sync", name_);
    case Disk::Fate::interrupted: break;
  }
  content_->sync_in_part(disk_.rng());
  return crashed_trouble("sync");
}

Result<std::uint64_t, Trouble> SimFile::read(std::uint64_t offset, char* to, std::uint64_t bytes) {
  if (!disk_.alive(generation_)) return crashed_trouble("read");
  if (disk_.read_fails()) return failed("read", name_);
  return content_->read(offset, to, bytes);
}

// ---- folders ----

std::unique_ptr<persist::File> SimFolder::handle(std::string_view name, std::shared_ptr<SectorFile> content) {
  return std::make_unique<SimFile>(disk_, std::string(name), std::move(content));
}

Result<std::unique_ptr<persist::File>, Trouble> SimFolder::open(std::string_view name) {
  if (!disk_.alive(generation_)) return crashed_trouble("open");
  const auto found = files_.present.find(name);
  if (found == files_.present.end()) return missing("open", name);
  return handle(name, found->second);
}

Result<std::unique_ptr<persist::File>, Trouble> SimFolder::create(std::string_view name, std::uint64_t bytes) {
  if (!disk_.alive(generation_)) return crashed_trouble("create");
  const Disk::Fate fate = disk_.fate(disk_.settings().write_error_each);
  if (fate == Disk::Fate::refused) return failed("create", name);
  if (files_.present.contains(name))
    return Trouble{TroubleKind::failed, fmt::format("cannot create {}: it exists", name)};
  if (!disk_.has_room(bytes)) return full("create", name);
  if (fate == Disk::Fate::interrupted) {
    // The file may be there, and shorter than was asked for.
    if (disk_.rng().one_in(2)) files_.present.emplace(name, std::make_shared<SectorFile>(disk_.rng().below(bytes + 1)));
    return crashed_trouble("create");
  }
  files_.removed.clear();
  return handle(name, files_.present.emplace(name, std::make_shared<SectorFile>(bytes)).first->second);
}

void SimFolder::move(std::string_view from, std::string_view to) {
  std::shared_ptr<SectorFile> content = files_.present.find(from)->second;
  files_.present.erase(files_.present.find(from));
  files_.present.insert_or_assign(std::string(to), std::move(content));
  files_.removed.clear();
}

Outcome SimFolder::rename(std::string_view from, std::string_view to) {
  if (!disk_.alive(generation_)) return crashed_trouble("rename");
  const Disk::Fate fate = disk_.fate(disk_.settings().write_error_each);
  if (fate == Disk::Fate::refused) return failed("rename", from);
  if (!files_.present.contains(from)) return missing("rename", from);
  if (fate == Disk::Fate::happens || disk_.rng().one_in(2)) move(from, to);
  if (fate == Disk::Fate::interrupted) return crashed_trouble("rename");
  return Done{};
}

Outcome SimFolder::remove(std::string_view name) {
  if (!disk_.alive(generation_)) return crashed_trouble("remove");
  const Disk::Fate fate = disk_.fate(disk_.settings().write_error_each);
  if (fate == Disk::Fate::refused) return failed("remove", name);
  const auto found = files_.present.find(name);
  if (found == files_.present.end()) return missing("remove", name);
  if (fate == Disk::Fate::happens || disk_.rng().one_in(2)) {
    files_.removed.emplace_back(found->first, found->second);
    files_.present.erase(found);
  }
  if (fate == Disk::Fate::interrupted) return crashed_trouble("remove");
  return Done{};
}

Result<std::vector<std::string>, Trouble> SimFolder::list() {
  if (!disk_.alive(generation_)) return crashed_trouble("list");
  std::vector<std::string> names;
  for (const auto& [name, file] : files_.present) names.push_back(name);
  return names;
}

}  // namespace warren::sim
