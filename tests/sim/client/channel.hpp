// One channel as its client knows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "tests/sim/checks/facts.hpp"

namespace warren::sim {

// The answer that a channel waits for before it goes on.
enum class Expect : std::uint8_t {
  nothing,
  open_ok,
  select_ok,
  qos_ok,
  consume_ok,
  cancel_ok,
  got,
  recover_ok,
  declare_ok,
  counted,
  delete_ok,
  purge_ok,
  commit_ok,
  rollback_ok,
  refusal,
  close_ok,
};

enum class ChannelMode : std::uint8_t { plain, confirming, transactional };

struct Consumer {
  std::string tag;
  QueueIndex queue = 0;
  ReaderUid reader = 0;
  bool no_ack = false;
  bool gone = false;  // cancelled, or its queue is deleted
  bool cancelling = false;
  std::uint16_t prefetch = 0;  // 0: no limit
  std::uint32_t held = 0;
};

// How a client settles.
enum class How : std::uint8_t { ack, reject, requeue };

// A delivery that waits for settlement.
struct Held {
  MessageNumber number = 0;
  QueueIndex queue = 0;
  bool dead_letter = false;
  int consumer = -1;      // place among the channel's consumers; -1: taken with get
  bool buffered = false;  // settled in the open transaction
  How how = How::ack;     // and so
};

struct Channel {
  ChannelNumber number = 0;
  ChannelUid uid = 0;
  ChannelMode mode = ChannelMode::plain;
  Expect expect = Expect::open_ok;
  bool failed = false;  // the server has closed it
  QueueIndex asked = 0;
  int asked_consumer = -1;

  std::uint16_t prefetch = 0;
  std::uint16_t shared_limit = 0;
  std::uint32_t shared_held = 0;
  std::vector<Consumer> consumers;
  std::map<QueueIndex, ReaderUid> getters;
  std::map<std::uint64_t, Held> held;
  std::uint64_t last_tag = 0;

  std::uint64_t sequence = 0;
  std::map<std::uint64_t, MessageNumber> unconfirmed;
  std::vector<MessageNumber> uncommitted;
  std::vector<MessageNumber> committing;

  bool idle() const { return expect == Expect::nothing; }
  // May be used: open, set up, and not on its way out.
  bool usable() const {
    return !failed && expect != Expect::open_ok && expect != Expect::select_ok && expect != Expect::close_ok &&
           expect != Expect::commit_ok && expect != Expect::refusal;
  }
};

}  // namespace warren::sim
