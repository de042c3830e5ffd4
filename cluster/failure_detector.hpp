// Who is down. In two steps: a peer that is silent for too long is *subjectively* down for the one who hears nothing;
// when a majority of observers says so it is *objectively* down, and the leader proposes to write that down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace warren::cluster {

struct DetectorSettings {
  Instant heartbeat_ms = 100;
  Instant down_after_ms = 1000;  // of silence
};

// ---- inputs ----

// Who belongs to the cluster now, this node included. Others are forgotten. At most limits::kMembersMax.
struct ClusterMembers {
  std::vector<NodeId> members;
};
// A sign of life; any mail counts.
struct HeardFrom {
  NodeId node;
};
// What an observer sees, as its report told: it comes again with every change, and with every heartbeat.
struct ObserverReport {
  NodeId observer;
  std::vector<NodeId> sees_down;
};
// What the group has agreed on: until then verdicts are proposed again.
struct AgreedState {
  NodeId node;
  bool down = false;
};
struct DetectorTick {};

using DetectorInput = std::variant<ClusterMembers, HeardFrom, ObserverReport, AgreedState, DetectorTick>;

// ---- effects ----

struct DetectorEffects {
  std::vector<NodeId> heartbeats;  // to be sent to these, with `report`
  std::optional<std::vector<NodeId>>
      report;                       // who is subjectively down, for all observers; with a heartbeat or a change
  std::vector<NodeId> silent;       // subjectively down from now on
  std::vector<NodeId> heard_again;  // and no more
  // What a majority of observers sees and the group has not agreed on; again with every heartbeat until it has.
  std::vector<AgreedState> proposals;
  Instant wake_at = kNever;
};

// Whether an observer sees a node. An observer whose own reports have become too old says nothing.
enum class Sight : std::uint8_t { unknown, up, down };

// One node's view of all others, and of what they see. Quiet: no clock, no network. A node that was itself stalled does
// not judge: time that passed between two ticks without any input is not held against others.
class FailureDetector {
 public:
  FailureDetector(NodeId self, DetectorSettings settings, Instant now);

  void step(const DetectorInput& input, Instant now, DetectorEffects& effects);

  bool subjectively_down(NodeId node) const;
  // Of the observers whose reports are fresh.
  std::size_t observers_that_see_down(NodeId node) const;
  // The matrix of who sees whom.
  Sight sight(NodeId observer, NodeId node) const;
  const std::map<NodeId, bool>& agreed_down() const { return agreed_down_; }

 private:
  struct Peer {
    Instant heard_at = 0;
    bool down = false;
    Instant reported_at = 0;
    bool has_reported = false;
    std::vector<NodeId> sees_down;
    AgreedState proposed;
    Instant propose_again_at = 0;
  };

  void on(const ClusterMembers& input);
  void on(const HeardFrom& input);
  void on(const ObserverReport& input);
  void on(const AgreedState& input);
  void on(const DetectorTick& input);
  void forgive_own_stall();
  void judge_silence();
  void propose();
  bool majority_sees(NodeId node, bool down) const;
  bool fresh(const Peer& peer) const;
  std::size_t majority() const { return (peers_.size() + 1) / 2 + 1; }
  std::vector<NodeId> own_report() const;

  const NodeId self_;
  const DetectorSettings settings_;
  std::map<NodeId, Peer> peers_;  // all members but this one
  std::map<NodeId, bool> agreed_down_;
  Instant heartbeat_at_;
  Instant stepped_at_;
  Instant now_;
  DetectorEffects* out_ = nullptr;
};

// The matrix as lines of text, observers down, nodes across, for people: 1 sees, 0 does not, ? has not said.
std::string matrix_text(const FailureDetector& detector, const std::vector<NodeId>& members);

}  // namespace warren::cluster
