// What holds of mirrored queues, whatever happens: who is made owner had everything that was confirmed.
#include <map>

#include "base/rng.hpp"
#include "tests/broker/catalog/mirrors/mirrored_world.hpp"

namespace warren::broker {
namespace {

using Count = std::uint64_t;

// Queues whose messages are counted: what every node holds of each, and what was confirmed.
class Life {
 public:
  explicit Life(std::uint64_t seed) : rng_(seed) {}

  void live(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      check();
    }
  }

 private:
  struct Copies {
    std::map<NodeId, Count> held;
    Count confirmed = 0;
    NodeId owner;
    Epoch epoch;
  };

  char any() { return static_cast<char>('a' + rng_.below(4)); }
  std::string any_queue() { return "q" + std::to_string(rng_.below(4)); }
  bool running(char node) const { return world_.catalog().node_running(node_of(node)); }

  void step() {
    switch (rng_.below(10)) {
      case 0: return void(running(any_) ? world_.down(any_, rng_.one_in(2)) : world_.up_again(any_));
      case 1: return void(world_.up(any_));
      case 2: return change_policy();
      case 3: return void(world_.declare(any_queue(), any_, rng_.one_in(2) || !running(any_)));
      case 4: return hand_over(any_queue());
      case 5:
      case 6: return catch_up(any_queue());
      default: return publish(any_queue());
    }
  }

  void change_policy() {
    switch (rng_.below(4)) {
      case 0: return void(world_.all());
      case 1: return void(world_.exactly(1 + static_cast<std::int64_t>(rng_.below(4))));
      case 2: return void(world_.nodes(rng_.one_in(2) ? "bc" : "ad"));
      default: world_.clear();
    }
  }

  // The owner confirms when all of the set have it.
  void publish(const std::string& name) {
    const QueueDefinition* queue = find(name);
    if (queue == nullptr || !world_.catalog().node_running(queue->owner)) return;
    Copies& copies = copies_[queue->ref.id];
    ++copies.confirmed;
    copies.held[queue->owner] = copies.confirmed;
    for (const NodeId node : queue->in_sync) copies.held[node] = copies.confirmed;
  }

  void catch_up(const std::string& name) {
    const QueueDefinition* queue = find(name);
    if (queue == nullptr || queue->mirrors.empty() || !world_.catalog().node_running(queue->owner)) return;
    const NodeId mirror = queue->mirrors[rng_.below(queue->mirrors.size())];
    Copies& copies = copies_[queue->ref.id];
    copies.held[mirror] = copies.confirmed;
    world_.in_sync(name, letter_of(mirror), !rng_.one_in(4));
  }

  void hand_over(const std::string& name) {
    const QueueDefinition* queue = find(name);
    if (queue != nullptr && !queue->in_sync.empty()) world_.hand_over(name, letter_of(queue->in_sync.front()));
  }

  const QueueDefinition* find(const std::string& name) const {
    return world_.catalog().find_queue(world_.vhost(), name);
  }

  void check() {
    any_ = any();
    std::map<NodeId, std::size_t> owned;
    world_.catalog().for_each_queue(world_.vhost(), [&](const QueueDefinition& queue) {
      ++owned[queue.owner];
      check(queue);
    });
    for (const char node : std::string_view("abcd"))
      CHECK(world_.catalog().queues_of(node_of(node)) == owned[node_of(node)]);
  }

  void check(const QueueDefinition& queue) {
    CAPTURE(queue.name);
    for (const NodeId mirror : queue.mirrors) {
      CHECK(mirror != queue.owner);
      CHECK(world_.catalog().node_running(mirror));
      CHECK(std::ranges::count(queue.mirrors, mirror) == 1);
    }
    Copies& copies = copies_[queue.ref.id];
    for (const NodeId node : queue.in_sync) {
      CHECK(std::ranges::count(queue.mirrors, node) == 1);
      CHECK(copies.held[node] == copies.confirmed);
    }
    if (!world_.catalog().mirrored(queue.ref.id)) CHECK(queue.mirrors.empty());
    if (copies.epoch) CHECK((copies.owner == queue.owner || queue.ref.epoch > copies.epoch));
    CHECK(copies.held[queue.owner] == copies.confirmed);
    copies.owner = queue.owner;
    copies.epoch = queue.ref.epoch;
  }

  Rng rng_;
  MirroredWorld world_;
  std::map<QueueId, Copies> copies_;
  char any_ = 'a';
};

}  // namespace

TEST_CASE("whatever happens, owners and all who are in sync have everything that was confirmed") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    Life(seed).live(500);
  }
}

}  // namespace warren::broker
