// The judge: hears what clients do and see, and compares it with what was promised.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tests/sim/checks/facts.hpp"
#include "tests/sim/scene.hpp"

namespace warren::sim {

// A content as a client received it.
struct Seen {
  std::string_view exchange;
  std::string_view key;
  std::string_view properties;
  std::string_view body;
  bool redelivered = false;
  bool while_giving_back = false;  // the reader has asked to give back what is on its way
};

class Checks {
 public:
  Checks(Scene& scene, const Topology& topology) : scene_(scene), facts_(topology) {}

  // ---- what clients do ----

  ChannelUid channel_opened();
  // Broken: otherwise than by the client's own wish, or unheard.
  void channel_ended(ChannelUid channel, bool broken);
  ReaderUid reader_opened(ChannelUid channel, QueueIndex queue, bool shared_limit, bool no_ack);
  void reader_closed(ReaderUid reader);
  // The draft says what the publisher chose; number, order and copies are filled in.
  const Message& published(Message draft);
  void settled(ChannelUid channel, MessageNumber number, QueueIndex queue, bool dead_letter, bool discarded);
  // The reader gave all back that it had, and the queue could not send it more before it knew.
  void requeued_all(ReaderUid reader, std::span<const MessageNumber> numbers);
  void committing(std::span<const MessageNumber> numbers);
  void rolled_back(std::span<const MessageNumber> numbers);

  // ---- what the node does ----

  void node_crashed(CrashKind kind, bool disk_failed);
  // A disk refuses now and then.
  void disk_fails() { facts_.disk_failed = true; }
  void queues_page() { facts_.paging = true; }
  // Everything is declared again.
  void topology_whole();

  // ---- what clients see ----

  struct Recognised {
    MessageNumber number = 0;
    bool dead_letter = false;
  };
  Recognised delivered(ReaderUid reader, const Seen& seen);
  void returned(ChannelUid channel, const Seen& seen);
  void confirmed(MessageNumber number, bool accepted);
  void committed(std::span<const MessageNumber> numbers);
  void counted(QueueIndex queue, std::uint32_t messages);

  // ---- the end: everything is drained ----

  void conclude();

 private:
  Message* recognise(const Seen& seen, bool& dead_letter);
  Copy* copy_at(Message& message, QueueIndex queue, bool dead_letter);
  void check_flags(const Reader& reader, const Message& message, Copy& copy, bool redelivered);
  void check_settled_stays(const Reader& reader, const Message& message, const Copy& copy, const Seen& seen);
  void check_order(ReaderUid uid, Reader& reader, const Message& message, bool redelivered);
  void check_place(ReaderUid uid, Reader& reader, const Message& message);
  void check_lasts(const Reader& reader, const Message& message, bool dead_letter);
  bool alone(ReaderUid uid) const;
  bool surely_kept(const Message& message) const;
  void conclude_copy(const Message& message, const Copy& copy);
  void conclude_first_flags(const Message& message, const Copy& copy);
  void conclude_existence(const Message& message);

  // A settled message came again: wrong unless the settling channel broke before it was heard, or the other did before
  // we saw what it had got.
  struct Resurrection {
    MessageNumber number = 0;
    QueueIndex queue = 0;
    ChannelUid settled_on = 0;
    ChannelUid came_on = 0;
    bool forgotten = false;  // the settlement may be, by a crash between
  };

  // A message came after a later one: wrong unless it turns out that it was with another reader that never saw it.
  struct Overtaken {
    MessageNumber number = 0;
    ReaderUid reader = 0;
    Micros at = 0;
  };

  bool may_have_waited(const Overtaken& late) const;

  Scene& scene_;
  Facts facts_;
  std::vector<Resurrection> resurrections_;
  std::vector<Overtaken> overtaken_;
};

}  // namespace warren::sim
