// A command on its way through the group's log: who wants it, and the number by which the proposer knows it again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "broker/catalog/commands.hpp"

namespace warren::node {

// Numbers proposals of one process, from 1.
using Ticket = std::uint64_t;

struct Envelope {
  NodeId proposer;
  std::uint64_t incarnation = 0;  // of the proposer's process
  Ticket ticket = 0;
  bool passing = false;  // nothing of it outlives the node: while the node is alone it need not be synced
  std::string user;      // on whose behalf; empty: the broker's own
  std::string command;   // as broker::encode gives it
  Ticket open_from = 0;  // the proposer waits for none below it any more

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.proposer.value);
    visit.number(2, self.incarnation);
    visit.number(3, self.ticket);
    visit.flag(4, self.passing);
    visit.text(5, self.user);
    visit.text(6, self.command);
    visit.number(7, self.open_from);
  }
};

std::string encode(const Envelope& envelope);
bool decode(std::string_view bytes, Envelope& envelope);

}  // namespace warren::node
