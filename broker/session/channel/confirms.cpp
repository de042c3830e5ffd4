#include "broker/session/channel/confirms.hpp"

#include <algorithm>

namespace warren::broker::session {
namespace {

// How far back a node's debt is looked for, so that publishes to several nodes become one debt each. More debts than
// needed are right too.
constexpr std::size_t kDebtsLookedAt = 4;

}  // namespace

void Confirms::answer(std::uint64_t first, std::uint64_t last, bool rejected) {
  const std::uint64_t end = first_ + entries_.size();
  for (std::uint64_t number = std::max(first, first_); number <= last && number < end; ++number) {
    Entry& entry = entries_[number - first_];
    if (entry.state != State::open) continue;
    entry.rejected |= rejected;
    if (--entry.waiting == 0) complete(entry, number);
  }
}

void Confirms::complete(Entry& entry, std::uint64_t number) {
  entry.state = State::complete;
  any_rejected_ |= entry.rejected;
  --open_;
  changed_ = true;
  completed_first_ = completed_first_ == 0 ? number : std::min(completed_first_, number);
  completed_last_ = std::max(completed_last_, number);
}

void Confirms::owe(NodeId node) {
  while (!debts_.empty() && (debts_.front().last < first_ || !debts_.front().node)) debts_.pop_front();
  const std::uint64_t number = first_ + entries_.size() - 1;
  for (std::size_t back = 1; back <= std::min(kDebtsLookedAt, debts_.size()); ++back) {
    Debt& debt = debts_[debts_.size() - back];
    if (debt.node != node || debt.handed_on || debt.last + 1 < number) continue;
    debt.last = number;
    return;
  }
  debts_.push_back({node, number, number, false});
}

void Confirms::hand_on(NodeId from, NodeId to) {
  const std::uint64_t end = first_ + entries_.size();
  Debt both = from ? Debt{to, end, 0, true} : Debt{to, first_, end - 1, true};
  Debt* had = nullptr;
  for (std::size_t i = 0; i < debts_.size(); ++i) {
    Debt& debt = debts_[i];
    if (!debt.node || debt.last < first_) continue;
    if (debt.node == to && debt.handed_on) had = &debt;
    if (debt.node == from) both = {to, std::min(both.first, debt.first), std::max(both.last, debt.last), true};
  }
  if (open_ == 0 || both.first > both.last) return;
  // One is enough for all that is open, however often queues move.
  if (had != nullptr)
    *had = {to, std::min(had->first, both.first), std::max(had->last, both.last), true};
  else
    debts_.push_back(both);
}

void Confirms::lose(NodeId node) {
  for (std::size_t i = 0; i < debts_.size(); ++i)
    if (debts_[i].node == node) lose(debts_[i]);
}

void Confirms::lose_handed_on(NodeId node) {
  for (std::size_t i = 0; i < debts_.size(); ++i)
    if (debts_[i].node == node && debts_[i].handed_on) lose(debts_[i]);
}

void Confirms::lose(Debt& debt) {
  const std::uint64_t end = first_ + entries_.size();
  debt.node = {};
  for (std::uint64_t number = std::max(debt.first, first_); number <= debt.last && number < end; ++number) {
    Entry& entry = entries_[number - first_];
    if (entry.state != State::open) continue;
    entry.rejected = true;
    complete(entry, number);
  }
}

void Confirms::flush(std::vector<ConfirmVerdict>& verdicts) {
  if (!changed_) return;
  flush_prefix(verdicts);
  flush_beyond(verdicts);
  changed_ = false;
  completed_first_ = completed_last_ = 0;
}

void Confirms::flush_prefix(std::vector<ConfirmVerdict>& verdicts) {
  // "multiple" covers everything below it, so a run may swallow what was told before but must not cross another
  // outcome.
  std::uint64_t run = 0;
  bool run_rejected = false;
  std::uint64_t run_last = 0;
  const auto close_run = [&] {
    if (run != 0) verdicts.push_back({run_last, run > 1, run_rejected});
    run = 0;
  };
  while (!entries_.empty() && entries_.front().state != State::open) {
    const Entry entry = entries_.pop_front();
    const std::uint64_t number = first_++;
    if (entry.state == State::told) continue;
    if (run != 0 && run_rejected != entry.rejected) close_run();
    ++run;
    run_rejected = entry.rejected;
    run_last = number;
  }
  close_run();
}

void Confirms::flush_beyond(std::vector<ConfirmVerdict>& verdicts) {
  const std::uint64_t end = first_ + entries_.size();
  for (std::uint64_t number = std::max(completed_first_, first_); number <= completed_last_ && number < end; ++number) {
    Entry& entry = entries_[number - first_];
    if (entry.state != State::complete) continue;
    entry.state = State::told;
    verdicts.push_back({number, false, entry.rejected});
  }
}

}  // namespace warren::broker::session
