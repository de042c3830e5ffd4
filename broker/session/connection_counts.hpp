// How many connections use a vhost, as far as one shard knows.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/ids.hpp"

namespace warren::broker::session {

struct VhostCount {
  VhostId vhost;
  std::uint32_t connections = 0;

  friend bool operator==(const VhostCount&, const VhostCount&) = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.number(1, self.vhost.value);
    visit.number(2, self.connections);
  }
};
using VhostCounts = std::vector<VhostCount>;  // by vhost

// Counts its own connections; what other shards and nodes have it is told, for vhosts that have a limit.
class ConnectionCounts {
 public:
  void enter(VhostId vhost) { ++here_[vhost], changed_ = true; }
  // Requires: one has entered.
  void leave(VhostId vhost) {
    const auto found = here_.find(vhost);
    if (--found->second == 0) here_.erase(found);
    changed_ = true;
  }
  void set_elsewhere(const VhostCounts& counts) {
    elsewhere_.clear();
    for (const VhostCount& count : counts) elsewhere_[count.vhost] = count.connections;
  }

  std::uint32_t here(VhostId vhost) const { return of(here_, vhost); }
  std::uint32_t all(VhostId vhost) const { return of(here_, vhost) + of(elsewhere_, vhost); }
  // Whether connections came or went since this was asked last.
  bool take_changed() { return std::exchange(changed_, false); }

 private:
  using Counts = std::map<VhostId, std::uint32_t>;
  static std::uint32_t of(const Counts& counts, VhostId vhost) {
    const auto found = counts.find(vhost);
    return found == counts.end() ? 0 : found->second;
  }

  Counts here_;
  Counts elsewhere_;
  bool changed_ = false;
};

}  // namespace warren::broker::session
