#include "broker/queue/parts/confirms.hpp"

#include <algorithm>

namespace warren::broker {
namespace {

// How far back a channel's open run is looked for when publishers take turns. More runs than needed are correct too.
constexpr std::size_t kRunsLookedAt = 16;
// Room for runs that is kept from batch to batch.
constexpr std::size_t kConfirmRunsKept = 64;

}  // namespace

void Confirms::add_to_older_or_new(const Enqueue& enqueue, bool rejected) {
  const std::size_t looked_at = std::min(kRunsLookedAt, runs_.size());
  for (std::size_t back = 1; back <= looked_at; ++back) {
    Run& run = runs_[runs_.size() - back];
    if (run.channel != enqueue.channel || run.session != enqueue.publisher) continue;
    if (extend(run, enqueue, rejected)) return;
    break;  // A later publish must not join an earlier run than its forerunner.
  }
  runs_.push_back(Run{enqueue.publisher, enqueue.channel, enqueue.sequence, enqueue.sequence, rejected});
}

void Confirms::forget(NodeId node) {
  std::erase_if(runs_, [&](const Run& run) { return run.session.node == node; });
}

void Confirms::flush(std::vector<SessionMail>& mail) {
  if (runs_.empty()) return;
  for (const Run& run : runs_) {
    if (run.rejected)
      mail.push_back({run.session, Rejected{run.channel, run.first, run.last}});
    else
      mail.push_back({run.session, Confirmed{run.channel, run.first, run.last}});
  }
  runs_.clear();
  if (runs_.capacity() > kConfirmRunsKept) runs_ = std::vector<Run>();
}

}  // namespace warren::broker
