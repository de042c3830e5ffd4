// What a node says of itself with every sign of life.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/session/connection_counts.hpp"

namespace warren::node {

inline constexpr std::size_t kListenersMax = 16;

// Where a node waits for somebody.
struct ListenerTold {
  std::string interface;  // "[::]"
  std::uint16_t port = 0;
  std::string protocol;
  std::string purpose;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.text(1, self.interface);
    visit.number(2, self.port);
    visit.text(3, self.protocol);
    visit.text(4, self.purpose);
  }
};

struct NodeState {
  std::uint8_t alarms = 0;  // a set of broker::session::Alarm
  std::string version = {};
  std::vector<ListenerTold> listeners = {};
  broker::session::VhostCounts connections = {};  // to vhosts that have a limit of them
  bool serves = false;                            // clients: its broker is started
};

}  // namespace warren::node
