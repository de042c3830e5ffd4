#include "node/storage/planner.hpp"

#include <algorithm>

#include "base/plant.hpp"

namespace warren::node {
namespace {

// So many erased chunks are worth a job of their own; fewer wait a while for company.
constexpr std::size_t kErasesWorthAJob = 128;
constexpr std::size_t kErasesAtOnce = 1024;
constexpr Instant kErasesWait_ms = 500;
// Definitions stand in the journal alone until then: one bad spot there would lose them.
constexpr Instant kDefinitionsWait_ms = 50;
constexpr Instant kRetry_ms = 250;

}  // namespace

std::optional<StoreJob> Planner::next(const Now& now) {
  if (under_way_ || !ledger_.settings().enabled) return std::nullopt;
  if (failed_) {
    if (now.instant_ms < retry_ms_) return std::nullopt;
    under_way_ = true;
    return std::exchange(failed_, std::nullopt);
  }
  StoreJob job;
  if (emptying_ || ledger_.due()) empty_oldest(now, job);
  const StorageSettings& settings = ledger_.settings();
  if (host_.hot_bytes() > settings.hot_bytes)
    host_.page_out(std::min(settings.job_bytes, host_.hot_bytes() - settings.hot_bytes + settings.chunk_bytes), now,
                   job);
  if (!erased_.empty()) flush_ms_ = std::min(flush_ms_, now.instant_ms + kErasesWait_ms);
  if (ledger_.has_definitions()) flush_ms_ = std::min(flush_ms_, now.instant_ms + kDefinitionsWait_ms);
  if (job.empty() && erased_.size() < kErasesWorthAJob && flush_ms_ > now.instant_ms) return std::nullopt;
  // What was settled in a segment must be known to the store before the segment goes: then all of it.
  const std::size_t erases = !job.checkpoints.empty() ? erased_.size() : std::min(erased_.size(), kErasesAtOnce);
  job.erases.insert(job.erases.end(), erased_.begin(), erased_.begin() + static_cast<std::ptrdiff_t>(erases));
  erased_.erase(erased_.begin(), erased_.begin() + static_cast<std::ptrdiff_t>(erases));
  // One of these places may be taken anew: an erase that waits would hit what is written now.
  if (!erased_.empty() && !job.writes.empty())
    std::erase_if(erased_, [&](const broker::ChunkKey& key) {
      return std::ranges::find(job.writes, key, &broker::ChunkWrite::key) != job.writes.end();
    });
  if (erased_.capacity() > kErasesAtOnce && erased_.empty()) erased_ = std::vector<broker::ChunkKey>();
  flush_ms_ = kNever;
  host_.release_bodies(job);
  job.definitions = ledger_.take_definitions();
  paging_ = !job.writes.empty();
  if (planted(10)) host_.written(job);
  if (job.empty()) return std::nullopt;
  under_way_ = true;
  return job;
}

void Planner::empty_oldest(const Now& now, StoreJob& job) {
  if (!std::exchange(emptying_, true)) {
    ledger_.oldest().for_each([this](QueueId id, const Span& span) { spans_.emplace_back(id, span); });
    std::ranges::sort(spans_, std::greater<>(), [](const auto& one) { return one.first; });
    ledger_.oldest().clear();
  }
  if (planted(9) && spans_.size() > 1) spans_.erase(spans_.begin());
  const std::size_t most = ledger_.settings().job_bytes;
  std::size_t bytes = 0;
  while (!spans_.empty() && bytes < most) {
    const std::size_t first = job.writes.size();
    const bool all = host_.empty_span(spans_.back().first, spans_.back().second, most - bytes, now, job);
    for (std::size_t i = first; i < job.writes.size(); ++i)
      for (const broker::StoredMessage& one : job.writes[i].messages) bytes += one.message->footprint_bytes();
    if (!all) return;
    spans_.pop_back();
  }
  if (spans_.empty()) job.checkpoints.push_back(ledger_.checkpoint_behind_oldest(shard_));
}

std::uint64_t Planner::done(JobDone done, const Now& now) {
  under_way_ = false;
  ill_ = done.trouble.has_value();
  if (ill_) {
    failed_ = std::move(done.job);
    retry_ms_ = now.instant_ms + kRetry_ms;
    return 0;
  }
  paging_ = false;
  host_.written(done.job);
  const std::uint64_t confirmed = std::exchange(free_before_, 0);
  if (!done.job.checkpoints.empty()) {
    ledger_.freed();
    emptying_ = false;
    free_before_ = done.job.checkpoints.front().segment;
  }
  return confirmed;
}

Instant Planner::deadline() const {
  if (under_way_) return kNever;
  return failed_ ? retry_ms_ : flush_ms_;
}

}  // namespace warren::node
