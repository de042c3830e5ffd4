#include "cluster/raft/parts/log.hpp"

#include <utility>

#include "base/check.hpp"
#include "cluster/limits.hpp"

namespace warren::raft {
namespace {

std::size_t weight(const Entry& entry) { return entry.command.size() + limits::kEntryOverheadBytes; }

}  // namespace

Log::Log(Place base, std::vector<Entry> entries) : base_(base) {
  for (Entry& entry : entries) append(std::move(entry));
}

std::optional<Term> Log::term_at(Index index) const {
  if (index == base_.index) return base_.term;
  if (index < base_.index || index > last_index()) return std::nullopt;
  return at(index).place.term;
}

const Entry& Log::at(Index index) const {
  WARREN_CHECK(index > base_.index && index <= last_index(), "the log holds the entry that is read");
  return entries_[index - base_.index - 1];
}

Place Log::last_agreeing(Index index, Term term) const {
  if (index > last_index()) index = last_index();
  while (index > base_.index && at(index).place.term > term) --index;
  if (index <= base_.index) return base_;
  return at(index).place;
}

std::vector<Entry> Log::slice(Index first, std::size_t bytes_max, std::size_t count_max) const {
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (Index index = first; index <= last_index() && entries.size() < count_max; ++index) {
    const Entry& entry = at(index);
    bytes += entry.command.size();
    if (bytes > bytes_max && !entries.empty()) break;
    entries.push_back(entry);
  }
  return entries;
}

void Log::append(Entry entry) {
  WARREN_CHECK(entry.place.index == last_index() + 1, "a log has no gaps");
  WARREN_CHECK(entry.place.term >= last().term, "terms never fall along a log");
  bytes_ += weight(entry);
  entries_.push_back(std::move(entry));
}

void Log::truncate_after(Index index) {
  WARREN_CHECK(index >= base_.index, "what a snapshot holds is not taken back");
  while (last_index() > index) {
    bytes_ -= weight(entries_.back());
    entries_.pop_back();
  }
}

void Log::compact_to(Index index) {
  WARREN_CHECK(index >= base_.index && index <= last_index(), "the new base lies in the log");
  while (base_.index < index) {
    bytes_ -= weight(entries_.front());
    base_ = entries_.front().place;
    entries_.pop_front();
  }
}

void Log::reset(Place base) {
  base_ = base;
  entries_.clear();
  bytes_ = 0;
}

}  // namespace warren::raft
