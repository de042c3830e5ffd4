// What must be true of each delivery: content, flag, order, place.
#include <algorithm>

#include "tests/sim/checks/checks.hpp"
#include "tests/sim/checks/content.hpp"

namespace warren::sim {

Message* Checks::recognise(const Seen& seen, bool& dead_letter) {
  const MessageNumber number = number_in(seen.body);
  if (number == 0 || number > facts_.messages.size()) {
    scene_.fail("nothing comes that was not published", "a body of {} bytes is none of ours", seen.body.size());
    return nullptr;
  }
  Message& message = facts_.message(number);
  if (seen.body != body_of(message)) {
    scene_.fail("bodies are intact", "m{} came with {} bytes of {} or other bytes", number, seen.body.size(),
                message.body_bytes);
    return nullptr;
  }
  const Target& target = facts_.topology.targets[message.target];
  const ByteBuffer properties = properties_of(message);
  // The dead carry a header about their death, and a new address.
  dead_letter = seen.properties.find("x-death") != std::string_view::npos;
  if (dead_letter) return &message;
  if (seen.properties != properties.view() || seen.exchange != target.exchange || seen.key != target.key) {
    scene_.fail("properties are intact", "m{} came with other properties or another address", number);
    return nullptr;
  }
  return &message;
}

Copy* Checks::copy_at(Message& message, QueueIndex queue, bool dead_letter) {
  if (Copy* copy = facts_.find_copy(message, queue, dead_letter)) return copy;
  const Topology& topology = facts_.topology;
  Copy fresh;
  fresh.queue = queue;
  fresh.surely_routed = false;
  fresh.dead_letter = dead_letter;
  bool possible = false;
  if (dead_letter)
    possible = std::any_of(message.copies.begin(), message.copies.end(),
                           [&](const Copy& copy) { return topology.queues[copy.queue].dead_letters == queue; });
  else
    possible = !topology.queues[queue].stable() && topology.targets[message.target].key == topology.queues[queue].name;
  if (!possible) {
    scene_.fail("nothing comes that was not published", "m{} came from {}, where it does not belong", message.number,
                topology.queues[queue].name);
    return nullptr;
  }
  message.copies.push_back(fresh);
  return &message.copies.back();
}

Checks::Recognised Checks::delivered(ReaderUid uid, const Seen& seen) {
  bool dead_letter = false;
  Message* message = recognise(seen, dead_letter);
  if (message == nullptr) return {};
  Reader& reader = facts_.readers[uid];
  Copy* copy = copy_at(*message, reader.queue, dead_letter);
  if (copy == nullptr) return {};
  if (dead_letter) scene_.marks.hit(Mark::dead_letter);
  if (seen.redelivered) scene_.marks.hit(Mark::redelivered);
  if (message->state == PublishState::uncommitted || message->state == PublishState::rolled_back)
    scene_.fail("nothing comes before its commit", "m{} came although its transaction was not committed",
                message->number);
  check_lasts(reader, *message, dead_letter);
  check_settled_stays(reader, *message, *copy, seen);
  check_flags(reader, *message, *copy, seen.redelivered);
  if (!dead_letter) {
    check_order(uid, reader, *message, seen.redelivered);
    check_place(uid, reader, *message);
  }
  if (reader.no_ack) {
    copy->done = true;
    copy->done_life = reader.life;
    copy->done_at = scene_.now;
    copy->done_on = reader.channel;
    copy->discarded = false;
  }
  return {message->number, dead_letter};
}

void Checks::check_settled_stays(const Reader& reader, const Message& message, const Copy& copy, const Seen& seen) {
  // Clients see things late. What another client gave back, and a third settled, may still be on its way to the first.
  if (!copy.done || seen.while_giving_back) return;
  const bool crossed = reader.life > copy.done_life;
  if (!crossed && !seen.redelivered) return;
  const bool forgotten = crossed && (facts_.lapses(copy.done_life, reader.life) != 0 ||
                                     facts_.crashes[copy.done_life].at < copy.done_at + kSettleWay);
  resurrections_.push_back({message.number, copy.queue, copy.done_on, reader.channel, forgotten});
}

// A queue flags what it has delivered before. Deliveries that it learns were never seen do not count, and nobody saw
// them.
void Checks::check_flags(const Reader& reader, const Message& message, Copy& copy, bool redelivered) {
  if (redelivered) {
    ++copy.again_seen;
    return;
  }
  const auto sources = std::count_if(message.copies.begin(), message.copies.end(), [&](const Copy& other) {
    return !other.dead_letter && facts_.topology.queues[other.queue].dead_letters == copy.queue;
  });
  // What was known of a delivery may not have become durable. Between two queues a crash may make two of one.
  std::uint32_t allowed = copy.dead_letter ? static_cast<std::uint32_t>(sources) : 1;
  if (copy.dead_letter) allowed += (facts_.life() - message.life) * allowed;
  allowed += facts_.lapses(message.life, facts_.life());
  if (++copy.first_seen > allowed)
    scene_.fail("a repeat is marked redelivered", "m{} came {} times from {} as if for the first time", message.number,
                copy.first_seen, facts_.topology.queues[reader.queue].name);
}

// What is not meant to last ends with the node.
void Checks::check_lasts(const Reader& reader, const Message& message, bool dead_letter) {
  if (message.life >= reader.life) return;
  // It may have died after the restart, in a queue that lasts.
  if (message.persistent && (dead_letter || facts_.topology.queues[reader.queue].durable)) return;
  scene_.fail("what is transient ends with the node", "m{} came from {} after a restart", message.number,
              facts_.topology.queues[reader.queue].name);
}

void Checks::check_order(ReaderUid uid, Reader& reader, const Message& message, bool redelivered) {
  if (redelivered) return;
  std::uint64_t& last = reader.last_first_seen[{message.channel, message.priority}];
  if (message.order < last) overtaken_.push_back({message.number, uid, scene_.now});
  last = std::max(last, message.order);
}

bool Checks::alone(ReaderUid uid) const {
  const QueueFacts& queue = facts_.queues[facts_.readers[uid].queue];
  return std::all_of(queue.readers.begin(), queue.readers.end(),
                     [&](ReaderUid other) { return other == uid || facts_.readers[other].until <= scene_.now; });
}

void Checks::requeued_all(ReaderUid uid, std::span<const MessageNumber> numbers) {
  Reader& reader = facts_.readers[uid];
  const QueuePlan& plan = facts_.topology.queues[reader.queue];
  if (!plan.stable() || plan.drops() || !alone(uid)) return;
  for (const MessageNumber number : numbers) {
    const Message& message = facts_.message(number);
    reader.surely_back.push_back({{message.channel, message.priority}, message.order});
  }
}

void Checks::check_place(ReaderUid uid, Reader& reader, const Message& message) {
  if (reader.surely_back.empty()) return;
  if (!alone(uid)) return reader.surely_back.clear();
  const OrderKey key{message.channel, message.priority};
  for (const auto& [other_key, order] : reader.surely_back)
    if (other_key == key && order < message.order)
      return scene_.fail("requeued messages take their old place", "m{} came before an older one that had come back",
                         message.number);
  const auto came = std::remove(reader.surely_back.begin(), reader.surely_back.end(), std::pair(key, message.order));
  if (came != reader.surely_back.end()) scene_.marks.hit(Mark::requeued_in_place);
  reader.surely_back.erase(came, reader.surely_back.end());
}

}  // namespace warren::sim
