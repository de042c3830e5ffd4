#include "node/queues/comparisons.hpp"

#include <utility>

#include "manage/operations/questions/compared_copies.hpp"

namespace warren::node {
namespace {

using manage::ComparedCopies;
using manage::ComparedCopy;
using manage::CopyVerdict;
using mirror::Comparison;

// Requires: it has ended.
CopyVerdict verdict_of(Comparison::Verdict verdict) {
  switch (verdict) {
    case Comparison::Verdict::same: return CopyVerdict::same;
    case Comparison::Verdict::differs: return CopyVerdict::differs;
    case Comparison::Verdict::not_whole: return CopyVerdict::not_in_sync;
    case Comparison::Verdict::open:
    case Comparison::Verdict::no_answer: break;
  }
  return CopyVerdict::no_answer;
}

manage::CopyFault fault_of(Comparison::Fault fault) {
  switch (fault) {
    case Comparison::Fault::missing: return manage::CopyFault::missing;
    case Comparison::Fault::surplus: return manage::CopyFault::surplus;
    case Comparison::Fault::content: break;
  }
  return manage::CopyFault::content;
}

manage::Rows rows_of(const Comparison& comparison) {
  ComparedCopies compared{comparison.messages(), comparison.weighed(), comparison.digest()};
  for (const Comparison::Party& party : comparison.parties()) {
    ComparedCopy copy{party.node, verdict_of(party.verdict), party.weighed};
    if (const auto& first = party.difference)
      copy.difference = manage::CopyDifference{first->position, first->place, fault_of(first->fault)};
    compared.copies.push_back(copy);
  }
  return manage::rows_of(compared);
}

}  // namespace

void Comparisons::begin(std::uint64_t inquiry, const manage::ShardQuestion& question, QueueHost& host, const Now& now) {
  const bool begun =
      under_way_.size() < kUnderWayMax && host.compare(question.queue, now.instant_ms + question.within_ms);
  under_way_.push_back({inquiry, begun ? question.queue : QueueId()});
}

std::vector<Comparisons::Ended> Comparisons::take_ended(QueueHost& host) {
  std::vector<Ended> ended;
  std::vector<QueueId> queues;
  std::erase_if(under_way_, [&](const UnderWay& one) {
    const Comparison* comparison = host.comparison(one.queue);
    if (comparison != nullptr && !comparison->ended()) return false;
    ended.push_back({one.inquiry, comparison == nullptr ? manage::Rows() : rows_of(*comparison)});
    queues.push_back(one.queue);
    return true;
  });
  for (const QueueId queue : queues) host.forget_comparison(queue);
  return ended;
}

}  // namespace warren::node
