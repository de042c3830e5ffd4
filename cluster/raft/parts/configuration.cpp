#include "cluster/raft/parts/configuration.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/numbered_fields.hpp"
#include "cluster/limits.hpp"

namespace warren::raft {
namespace {

struct MemberList {
  std::vector<Member> members;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.records(1, self.members, limits::kMembersMax);
  }
};

bool by_id(const Member& left, const Member& right) { return left.id < right.id; }

}  // namespace

Configuration::Configuration(std::vector<Member> members) : members_(std::move(members)) {
  std::sort(members_.begin(), members_.end(), by_id);
}

const Member* Configuration::find(NodeId id) const {
  const auto found = std::find_if(members_.begin(), members_.end(), [id](const Member& m) { return m.id == id; });
  return found == members_.end() ? nullptr : &*found;
}

Member* Configuration::find_mutable(NodeId id) { return const_cast<Member*>(std::as_const(*this).find(id)); }

bool Configuration::is_voter(NodeId id, Admission admission) const {
  const Member* member = find(id);
  return member != nullptr && member->voter && member->admission == admission;
}

std::size_t Configuration::voters() const {
  return static_cast<std::size_t>(std::count_if(members_.begin(), members_.end(), [](auto& m) { return m.voter; }));
}

std::size_t Configuration::disc_voters() const {
  return static_cast<std::size_t>(
      std::count_if(members_.begin(), members_.end(), [](auto& m) { return m.voter && m.kind == Kind::disc; }));
}

Result<Configuration, MembershipComplaint> Configuration::after(const MembershipChange& change) const {
  using What = MembershipChange::What;
  Configuration next = *this;
  Member* member = next.find_mutable(change.member);
  if (change.what == What::add) {
    if (member != nullptr) return MembershipComplaint::known_already;
    if (change.kind == Kind::none || !change.member) return MembershipComplaint::not_a_kind;
    if (members_.size() >= limits::kMembersMax) return MembershipComplaint::too_many_members;
    next.members_.push_back({change.member, change.kind, false, change.admission});
    std::sort(next.members_.begin(), next.members_.end(), by_id);
    return next;
  }
  if (member == nullptr) return MembershipComplaint::not_a_member;
  if (change.what == What::promote) {
    if (member->voter) return MembershipComplaint::voter_already;
    member->voter = true;
    return next;
  }
  if (change.what == What::readmit) {
    if (member->admission == change.admission) return MembershipComplaint::same_admission;
    member->voter = false;
    member->admission = change.admission;
  } else {
    next.members_.erase(next.members_.begin() + (member - next.members_.data()));
  }
  if (next.voters() == 0) return MembershipComplaint::last_voter;
  if (disc_voters() > 0 && next.disc_voters() == 0) return MembershipComplaint::last_disc;
  return next;
}

std::string encode(const Configuration& configuration) {
  std::string bytes;
  NumberedWriter writer(bytes);
  const MemberList list{configuration.members()};
  visit_fields(list, writer);
  return bytes;
}

bool decode(std::string_view bytes, Configuration& configuration) {
  MemberList list;
  NumberedReader reader(bytes);
  visit_fields(list, reader);
  if (!reader.finish()) return false;
  const auto bad = [](const Member& m) { return !m.id || m.kind == Kind::none; };
  const auto unordered = [](const Member& left, const Member& right) { return left.id >= right.id; };
  if (std::any_of(list.members.begin(), list.members.end(), bad)) return false;
  if (std::adjacent_find(list.members.begin(), list.members.end(), unordered) != list.members.end()) return false;
  configuration = Configuration(std::move(list.members));
  return true;
}

ConfigurationHistory::ConfigurationHistory(Configuration base, Index base_index) {
  steps_.push_back({base_index, std::move(base)});
}

const Configuration& ConfigurationHistory::at(Index index) const {
  const Step* found = &steps_.front();
  for (const Step& step : steps_)
    if (step.since <= index) found = &step;
  return found->configuration;
}

void ConfigurationHistory::add(Index since, Configuration configuration) {
  WARREN_CHECK(since > current_since(), "configurations come in the order of the log");
  steps_.push_back({since, std::move(configuration)});
}

void ConfigurationHistory::truncate_after(Index index) {
  while (steps_.size() > 1 && steps_.back().since > index) steps_.pop_back();
}

void ConfigurationHistory::compact_to(Index index) {
  while (steps_.size() > 1 && steps_[1].since <= index) steps_.erase(steps_.begin());
}

}  // namespace warren::raft
