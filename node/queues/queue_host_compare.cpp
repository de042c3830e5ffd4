// The host's dealings with who wants to know whether copies are what their queues are.
#include <utility>
#include <variant>

#include "node/queues/queue_host.hpp"

namespace warren::node {

bool QueueHost::compare(QueueId id, Instant until) {
  Hosted* hosted = find(id);
  if (hosted == nullptr) return false;
  if (hosted->comparison == nullptr)
    hosted->comparison = std::make_unique<mirror::Comparison>(hosted->machine.ref(), ++last_comparison_, until);
  mark(id, *hosted);
  return true;
}

const mirror::Comparison* QueueHost::comparison(QueueId id) const {
  const std::unique_ptr<Hosted>* hosted = queues_.find(id);
  return hosted == nullptr ? nullptr : (*hosted)->comparison.get();
}

void QueueHost::forget_comparison(QueueId id) {
  if (Hosted* hosted = find(id)) hosted->comparison.reset();
}

// All that the queue did in the batch has been shipped.
void QueueHost::compare_on(Hosted& hosted, const Now& now, HostLanes lanes) {
  if (hosted.comparison == nullptr) return;
  hosted.comparison->go_on(hosted.machine, hosted.shipping.get(), now.instant_ms, lanes.parcels, lanes.loads);
}

bool QueueHost::hear_of_comparison(Hosted& hosted, NodeId from, mirror::Content& content) {
  if (hosted.comparison == nullptr) return false;
  if (const auto* sealed = std::get_if<mirror::Sealed>(&content))
    hosted.comparison->on(from, *sealed);
  else if (auto* weighed = std::get_if<mirror::Weighed>(&content))
    hosted.comparison->on(from, *weighed);
  return true;
}

void QueueHost::tell_of_comparison(HostedCopy& hosted, const mirror::Content& content, HostLanes lanes,
                                   std::vector<mirror::MirrorMail>& answers) {
  if (const auto* seal = std::get_if<mirror::Seal>(&content)) return mirror::answer(*seal, hosted.copy, answers);
  const auto* wanted = std::get_if<mirror::Weigh>(&content);
  if (wanted == nullptr) return;
  hosted.weighing = mirror::weigh(*wanted, hosted.copy);
  weigh_on(hosted, lanes, answers);
}

void QueueHost::weigh_on(HostedCopy& hosted, HostLanes lanes, std::vector<mirror::MirrorMail>& answers) {
  if (mirror::weigh_on(*hosted.weighing, hosted.copy, lanes.loads, answers)) hosted.weighing.reset();
}

void QueueHost::loaded_to_weigh(const ChunkRead& read, HostLanes lanes) {
  const QueueId id = read.load.queue.id;
  if (Hosted* hosted = find(id)) {
    if (hosted->comparison == nullptr) return;
    hosted->comparison->loaded(read.load, read.messages, hosted->machine);
    return mark(id, *hosted);
  }
  std::unique_ptr<HostedCopy>* found = copies_.find(id);
  const broker::QueueDefinition* definition = catalog_.queue(id);
  if (found == nullptr || definition == nullptr || !(*found)->weighing) return;
  HostedCopy& hosted = **found;
  if (!hosted.weighing->loaded(read.load, read.messages, hosted.copy.shelf())) return;
  std::vector<mirror::MirrorMail> answers;
  weigh_on(hosted, lanes, answers);
  for (mirror::MirrorMail& answer : answers) lanes.parcels.push_back({definition->owner, std::move(answer)});
  if (!std::exchange(hosted.told, true)) told_copies_.push_back(id);
}

}  // namespace warren::node
