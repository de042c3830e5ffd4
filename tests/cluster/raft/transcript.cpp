#include "tests/cluster/raft/transcript.hpp"

#include <memory>
#include <optional>
#include <sstream>

namespace warren::raft::testing {
namespace {

using Lines = std::vector<std::string>;

struct Words {
  std::istringstream in;
  explicit Words(const std::string& line) : in(line) {}
  std::string word() {
    std::string word;
    in >> word;
    return word;
  }
  int number() {
    int number = 0;
    in >> number;
    return number;
  }
  std::string quoted() {
    std::string text;
    std::getline(in, text, '\'');
    std::getline(in, text, '\'');
    return text;
  }
};

Kind kind_of(const std::string& word) {
  return word == "disc" ? Kind::disc : word == "ram" ? Kind::ram : word == "witness" ? Kind::witness : Kind::none;
}

class Teller {
 public:
  Lines react(const std::string& line) {
    Words words(line);
    const std::string what = words.word();
    if (what == "group") return found(words);
    if (!group_) return {"there is no group yet"};
    if (std::optional<Lines> lines = surroundings(what, words)) return *lines;
    if (std::optional<Lines> lines = wishes(what, words)) return *lines;
    return {"not understood"};
  }

 private:
  Lines found(Words& words) {
    std::vector<Kind> kinds;
    for (std::string word = words.word(); !word.empty(); word = words.word()) kinds.push_back(kind_of(word));
    group_ = std::make_unique<Group>(kinds);
    ticket_ = 0;
    return {};
  }

  // What happens around members: disk, network, time, crashes.
  std::optional<Lines> surroundings(const std::string& what, Words& words) {
    Group& group = *group_;
    if (what == "settle") return group.settle(), Lines{};
    if (what == "disc") return group.disc_alive(words.word() == "alive"), Lines{};
    const int first = words.number();
    if (what == "pass") return group.pass(first), Lines{};
    if (what == "run") return group.run(first), Lines{};
    if (what == "join") return group.join(first, kind_of(words.word()));
    if (what == "start") return group.start(first);
    if (what == "crash") return group.crash(first), Lines{};
    if (what == "reboot") return group.reboot(first), Lines{};
    if (what == "cut") return group.cut(first), Lines{};
    if (what == "mend") return group.mend(first), Lines{};
    if (what == "drop") return group.drop(first, words.number()), Lines{};
    if (what == "written") return group.written(first);
    if (what == "deliver") return group.deliver(first, words.number());
    if (what == "campaign") return group.campaign(first);
    if (what == "elect") return Lines{group.elect(first) ? "leads" : "does not lead"};
    if (what == "tick") return group.step(first, Tick{});
    if (what == "status") return Lines{text_of(group.status(first))};
    words.in.clear();
    words.in.str(words.in.str().substr(what.size()));
    return std::nullopt;
  }

  // What members are asked for.
  std::optional<Lines> wishes(const std::string& what, Words& words) {
    Group& group = *group_;
    const int at = words.number();
    if (what == "propose") {
      const EntryClass of = words.word() == "definitions" ? EntryClass::definitions : EntryClass::topology;
      return group.step(at, Propose{{{++ticket_, of, words.quoted()}}});
    }
    if (what == "snapshot")
      return group.step(at, SnapshotTaken{group.status(at).applied, std::make_shared<std::string>(words.quoted())});
    const int other = words.number();
    if (other == 0) return std::nullopt;
    const NodeId member(static_cast<std::uint32_t>(other));
    if (what == "transfer") return group.step(at, TransferLeadership{++ticket_, member});
    using What = MembershipChange::What;
    const Kind kind = group.node(other).kind;
    const Admission admission = group.node(other).raft->status().admission;
    if (what == "add") return group.step(at, ChangeMembership{++ticket_, {What::add, member, kind, admission}});
    if (what == "promote") return group.step(at, ChangeMembership{++ticket_, {What::promote, member, kind, 0}});
    if (what == "remove") return group.step(at, ChangeMembership{++ticket_, {What::remove, member, kind, 0}});
    if (what == "readmit") return group.step(at, ChangeMembership{++ticket_, {What::readmit, member, kind, admission}});
    return std::nullopt;
  }

  std::unique_ptr<Group> group_;
  Ticket ticket_ = 0;
};

}  // namespace

std::string retold(std::string_view text) {
  std::string told;
  Teller teller;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(' ')) continue;
    told += line + '\n';
    if (line.empty() || line.starts_with('#')) continue;
    for (const std::string& done : teller.react(line)) told += "  " + done + '\n';
  }
  return told;
}

}  // namespace warren::raft::testing
