// One copy as the owner sees it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/ring.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "broker/queue/stored/values.hpp"
#include "mirror/messages.hpp"
#include "mirror/pace.hpp"

namespace warren::mirror {

struct Follower {
  enum class State : std::uint8_t {
    away,     // a talk is to begin
    asked,    // it was asked what it has
    lacking,  // it lacks `missing`, and hears of everything new
    closing,  // it was sent all of that, and has not answered
    whole,
  };

  explicit Follower(NodeId follower) : node(follower) {}

  // A talk of its own: what was said before is forgotten.
  void begin(Serial talk, Position next_position) {
    state = State::asked;
    serial = talk;
    boundary = next_position;
    number = held_index = seen_index = 0;
    sent.clear();
    holdings.clear();
    missing = {};
    fill_unanswered = 0;
    lacked = 0;
    filled = 0;
    loading.reset();
    next_chunk = {};
    gathered.clear();
  }
  void sent_one(std::uint64_t index, std::size_t fill_bytes) { sent.push_back({++number, index, fill_bytes}); }
  // Everything up to that shipment has come. To be told before what it holds. False: that one was never sent.
  bool seen(std::uint64_t up_to) {
    if (up_to > number) return false;
    if (!sent.empty() && up_to >= sent.front().number) seen_index = sent[up_to - sent.front().number].index;
    return true;
  }
  // It holds everything up to that shipment. False: that one was never sent.
  bool held(std::uint64_t up_to) {
    if (up_to > number) return false;
    while (!sent.empty() && sent.front().number <= up_to) {
      held_index = sent.front().index;
      seen_index = std::max(seen_index, held_index);
      fill_unanswered -= sent.front().fill_bytes;
      sent.pop_front();
    }
    if (state == State::closing && up_to >= closing_number) state = State::whole;
    return true;
  }
  // Whether answers to publishers wait for it.
  bool counts() const { return in_set || proposed || state == State::whole; }
  // The last of the owner's shipments that it is known to hold, and all before.
  std::uint64_t holds() const { return state == State::whole ? held_index : 0; }
  // The same of what has come to it.
  std::uint64_t knows() const { return state == State::whole ? seen_index : 0; }

  // The last shipment of the talk.
  std::uint64_t last_sent() const { return number; }

  NodeId node;
  State state = State::away;
  bool in_set = false;    // as agreed
  bool proposed = false;  // the group was asked to take it into the set
  Serial serial = 0;
  Position boundary = 0;  // what is from there on it hears of by itself
  std::vector<broker::Range> holdings = {};
  broker::Ranges missing = {};
  std::uint64_t lacked = 0;                                        // messages, when it was asked
  std::size_t fill_unanswered = 0;                                 // bytes
  std::optional<std::pair<broker::Level, Position>> loading = {};  // a chunk that is being read for it
  std::pair<broker::Level, Position> next_chunk = {};              // those before were looked at
  std::vector<broker::StoredMessage> gathered = {};  // some of what it lacks that is in memory; the next one last
  std::uint64_t filled = 0;                          // messages that it lacked and was sent, in this talk
  bool fill_wanted = false;                          // though the policy leaves that to operators
  std::uint64_t closing_number = 0;
  Pace pace = {};  // of what it lacks

 private:
  struct Sent {
    std::uint64_t number = 0;
    std::uint64_t index = 0;
    std::size_t fill_bytes = 0;
  };

  friend class Shipping;
  std::uint64_t number = 0;      // of the last shipment
  std::uint64_t held_index = 0;  // the owner's last shipment that it holds
  std::uint64_t seen_index = 0;  // and that has come to it
  Ring<Sent> sent;               // and is not held; numbers without a gap
};

}  // namespace warren::mirror
