// A few members in the hands of a test: nothing moves unless the test says so.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/cluster/raft/sim/node.hpp"
#include "tests/cluster/raft/text.hpp"

namespace warren::raft::testing {

struct Flying {
  NodeId from;
  NodeId to;
  Message message;
};

class Group {
 public:
  // Founders, by identity from one on.
  explicit Group(const std::vector<Kind>& kinds);

  // Carries an input out and gives what the member did, line by line.
  std::vector<std::string> step(int id, Input input);

  // A newcomer, or a member that was down. The machine is started from its disk.
  std::vector<std::string> join(int id, Kind kind);
  std::vector<std::string> start(int id);
  // The process ends; what was not written is lost. A reboot gives another boot number.
  void crash(int id);
  void reboot(int id);

  // Everything asked of the disk so far is done.
  std::vector<std::string> written(int id);
  // The next message between the two, if there is one; lost, if the receiver is down or the way is cut.
  std::vector<std::string> deliver(int from, int to);
  bool flying(int from, int to) const;
  void drop(int from, int to);
  void drop_all() { flying_.clear(); }
  void cut(int id) { cut_[id] = true; }
  void mend(int id) { cut_[id] = false; }

  // Lets its election timer run out, without time for others.
  std::vector<std::string> campaign(int id);
  // Until nothing is written or flies any more.
  void settle();
  // Campaigns and settles. Gives whether it leads now.
  bool elect(int id);
  void pass(Instant ms) { now_ += ms; }
  // Time passes for all, with ticks where they are wanted, everything being delivered and written at once.
  void run(Instant ms);

  void propose(int id, EntryClass of, std::string command) {
    step(id, Propose{{{++tickets_, of, std::move(command)}}});
  }
  void disc_alive(bool alive);

  Status status(int id) { return node(id).raft->status(); }
  const Log& log(int id) { return node(id).raft->log(); }
  sim::Node& node(int id) { return nodes_.at(id); }
  // Commands that the driven machine was given since the member's start, without blank ones.
  std::vector<std::string> applied(int id) { return applied_[id]; }
  std::vector<Answer>& answers(int id) { return answers_[id]; }
  std::vector<Flying>& in_flight() { return flying_; }
  Instant now() const { return now_; }
  Settings settings;

 private:
  std::map<int, sim::Node> nodes_;
  std::map<int, bool> cut_;
  std::map<int, std::vector<std::string>> applied_;
  std::map<int, std::vector<Answer>> answers_;
  std::map<int, Instant> wake_at_;
  std::vector<Flying> flying_;
  Instant now_ = 10'000;
  std::uint64_t processes_ = 0;
  Ticket tickets_ = 0;
};

}  // namespace warren::raft::testing
