// Who belongs to the group, and how that changes: one member at a time (Ongaro's thesis, section 4.1).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cluster/raft/types.hpp"

namespace warren::raft {

struct Member {
  NodeId id;
  Kind kind = Kind::none;
  bool voter = false;  // else a learner: it is sent everything and decides nothing
  Admission admission = 0;
  friend bool operator==(const Member&, const Member&) = default;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.id.value);
    visit.choice(2, self.kind, Kind::witness);
    visit.flag(3, self.voter);
    visit.number(4, self.admission);
  }
};

struct MembershipChange {
  enum class What : std::uint8_t {
    add,      // as a learner
    promote,  // a learner becomes a voter
    readmit,  // a member that lost its memory becomes a learner under its new admission
    remove
  };
  What what = What::add;
  NodeId member;
  Kind kind = Kind::none;   // for add
  Admission admission = 0;  // for add and readmit
};

enum class MembershipComplaint : std::uint8_t {
  known_already,
  not_a_member,
  voter_already,
  too_many_members,
  last_voter,
  last_disc,       // no disc member would be left to keep definitions
  same_admission,  // readmitting changes nothing
  not_a_kind,
};

class Configuration {
 public:
  Configuration() = default;
  // Requires: members differ in their ids.
  explicit Configuration(std::vector<Member> members);

  const std::vector<Member>& members() const { return members_; }  // by id
  const Member* find(NodeId id) const;
  bool is_voter(NodeId id, Admission admission) const;
  // Voters that make a majority. Zero voters have none: one more than there are.
  std::size_t majority() const { return voters() / 2 + 1; }
  std::size_t voters() const;
  std::size_t disc_voters() const;

  // This configuration after one change, which moves at most one voter in or out.
  Result<Configuration, MembershipComplaint> after(const MembershipChange& change) const;

  friend bool operator==(const Configuration&, const Configuration&) = default;

 private:
  Member* find_mutable(NodeId id);

  std::vector<Member> members_;
};

// As the command of a configuration entry. Decoding checks number, order and kinds of members.
std::string encode(const Configuration& configuration);
bool decode(std::string_view bytes, Configuration& configuration);

// The configurations of a log: the one at its base and those that its entries brought. The last one is in force,
// whether it is committed or not.
class ConfigurationHistory {
 public:
  explicit ConfigurationHistory(Configuration base, Index base_index = 0);

  const Configuration& current() const { return steps_.back().configuration; }
  Index current_since() const { return steps_.back().since; }
  const Configuration& at(Index index) const;

  void add(Index since, Configuration configuration);
  void truncate_after(Index index);  // forgets what came later; the base stays
  void compact_to(Index index);      // forgets what was replaced up to there

 private:
  struct Step {
    Index since;
    Configuration configuration;
  };
  std::vector<Step> steps_;  // never empty
};

}  // namespace warren::raft
