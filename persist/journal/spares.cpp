#include "persist/journal/spares.hpp"

#include <utility>

#include "base/check.hpp"
#include "persist/journal/format.hpp"

namespace warren::persist {

Result<SpareFile, Trouble> SpareOrder::make(Folder& folder) const {
  auto file = folder.create(name, bytes);
  if (!file) return std::move(file.error());
  return SpareFile{name, std::move(*file)};
}

Result<SpareFile, Trouble> Spares::take() {
  while (!files_.empty()) {
    SpareFile spare = std::move(files_.back());
    files_.pop_back();
    if (spare.file != nullptr) return spare;
    auto file = folder_->open(spare.name);
    // One that cannot be opened is left alone; a new one may do.
    if (!file) continue;
    spare.file = std::move(*file);
    return spare;
  }
  return make(settings_.segment_bytes);
}

Result<SpareFile, Trouble> Spares::make(std::uint64_t bytes) { return SpareOrder{next_name(), bytes}.make(*folder_); }

void Spares::give(SpareFile spare, std::uint64_t bytes) {
  if (bytes == settings_.segment_bytes && files_.size() < settings_.spare_segments_max)
    files_.push_back(std::move(spare));
  else
    remove(spare.name);
}

void Spares::remove(const std::string& name) { (void)folder_->remove(name); }

std::optional<SpareOrder> Spares::order() {
  if (ordered_ || !files_.empty() || settings_.spare_segments_max == 0) return {};
  ordered_ = true;
  return SpareOrder{next_name(), settings_.segment_bytes};
}

void Spares::give_ordered(Result<SpareFile, Trouble> made) {
  WARREN_CHECK(ordered_, "a spare is given because it was ordered");
  ordered_ = false;
  if (made) give(std::move(*made), settings_.segment_bytes);
}

std::string Spares::next_name() { return slot_name({settings_.shard, static_cast<std::uint32_t>(next_slot_++)}); }

}  // namespace warren::persist
