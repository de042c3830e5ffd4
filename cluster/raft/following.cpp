// What a follower does with entries: paper, section 5.3.
#include "base/check.hpp"
#include "base/plant.hpp"
#include "cluster/raft/raft.hpp"

namespace warren::raft {

void Raft::handle(const Head& head, Append& append) {
  if (role_ == Role::leader) return;  // nobody else leads in this term
  follow(head.from);
  // What is committed is the same everywhere.
  if (append.previous.index < log_.base().index) return hold(head.from, AppendAnswer{true, commit_, {}});
  const bool continues = planted(106) ? log_.term_at(append.previous.index).has_value() : log_.holds(append.previous);
  if (!continues) {
    const Place agreeing = log_.last_agreeing(append.previous.index, append.previous.term);
    return hold(head.from, AppendAnswer{false, append.previous.index, agreeing});
  }
  const Index matched = append.previous.index + append.entries.size();
  adopt(append.entries);
  // Section 5.3, last paragraph of "commit": never beyond what is known to agree.
  commit_ = std::max(commit_, std::min(append.commit, matched));
  hold(head.from, AppendAnswer{true, matched, {}});
}

void Raft::adopt(std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    const Place place = entry.place;
    if (log_.holds(place)) continue;
    if (place.index <= log_.last_index()) truncate_after(place.index - 1);
    append_entry(std::move(entry));
  }
}

void Raft::append_entry(Entry entry) {
  const Index index = entry.place.index;
  if (entry.of == EntryClass::configuration) {
    // Thesis, section 4.1: a configuration is in force as soon as it is in the log.
    Configuration configuration;
    WARREN_CHECK(decode(entry.command, configuration), "a leader sends configurations that can be read");
    history_.add(index, std::move(configuration));
  }
  unsaved_from_ = std::min(unsaved_from_.value_or(index), index);
  log_.append(std::move(entry));
}

void Raft::truncate_after(Index index) {
  WARREN_CHECK(index >= commit_, "what is committed is never taken back");
  log_.truncate_after(index);
  history_.truncate_after(index);
  outbox_.truncated_after(index);
  unsaved_from_ = std::min(unsaved_from_.value_or(index + 1), index + 1);
}

}  // namespace warren::raft
