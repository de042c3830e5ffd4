// Four nodes, a to d, whose queues are mirrored, and short words for who holds what.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "broker/catalog/mirrors/reign_numbers.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

inline NodeId node_of(char letter) { return NodeId(static_cast<std::uint32_t>(letter - 'a' + 1)); }
inline char letter_of(NodeId node) { return static_cast<char>('a' + node.value - 1); }

class MirroredWorld : public World {
 public:
  // Those of the letters run; d is a ram node.
  explicit MirroredWorld(std::string_view running = "abcd") {
    for (const char letter : std::string_view("abcd"))
      apply(AddNode{std::string(1, letter), letter == 'd' ? NodeKind::ram : NodeKind::disc, "h", 1});
    for (const char letter : running) up(letter);
  }

  // Another process of the node, or the same one again.
  std::vector<Change> up(char node) { return apply(NodeUp{node_of(node), ++process_, "h", 1}); }
  std::vector<Change> up_again(char node) { return apply(NodeUp{node_of(node), incarnation(node), "h", 1}); }
  std::vector<Change> down(char node, bool orderly = false) {
    return apply(NodeDown{node_of(node), incarnation(node), orderly});
  }

  std::vector<Change> all(amqp::Table more = {}) { return policy("all", {}, std::move(more)); }
  std::vector<Change> exactly(std::int64_t copies, amqp::Table more = {}) {
    return policy("exactly", amqp::Value(copies), std::move(more));
  }
  std::vector<Change> nodes(std::string_view letters, amqp::Table more = {}) {
    amqp::Array names;
    for (const char letter : letters) names.emplace_back(std::string_view(&letter, 1));
    return policy("nodes", amqp::Value(std::move(names)), std::move(more));
  }
  std::vector<Change> clear() { return apply(ClearPolicy{"/", PolicyKind::user, "ha"}); }

  std::vector<Change> declare(std::string name, char owner, bool durable = true, SessionRef session = {}) {
    QueueDefinition wanted = queue_like(std::move(name), session);
    wanted.owner = node_of(owner);
    wanted.durable = durable;
    return apply(DeclareQueue{wanted});
  }
  std::vector<Change> in_sync(std::string_view name, char node, bool on = true) {
    return apply(SetInSync{queue_id(name), record(name).ref.epoch, record(name).mirror_round, node_of(node), on});
  }
  std::vector<Change> hand_over(std::string_view name, char to) {
    return apply(TransferQueue{queue_id(name), record(name).ref.epoch, node_of(to)});
  }

  const QueueDefinition& record(std::string_view name) const { return *catalog().find_queue(vhost(), name); }
  // "a:Bc" is owned by a and mirrored by b, which is in sync, and c; "a:Bc 2" is so in its second reign.
  std::string holders(std::string_view name) const {
    const QueueDefinition* queue = catalog().find_queue(vhost(), name);
    if (queue == nullptr) return "none";
    std::string text{letter_of(queue->owner), ':'};
    for (const NodeId mirror : queue->mirrors) {
      const bool synced = std::ranges::find(queue->in_sync, mirror) != queue->in_sync.end();
      text += synced ? static_cast<char>(std::toupper(letter_of(mirror))) : letter_of(mirror);
    }
    return queue->ref.epoch == Epoch(1) ? text : text + ' ' + std::to_string(reign_of(*queue));
  }

  // Counted from one.
  static std::uint64_t reign_of(const QueueDefinition& queue) {
    return (queue.ref.epoch.value - 1) / kReignClasses + 1;
  }

 private:
  std::uint64_t incarnation(char node) const { return catalog().node(node_of(node))->incarnation; }

  std::vector<Change> policy(std::string_view mode, std::optional<amqp::Value> params, amqp::Table more) {
    PolicyDefinition definition;
    definition.name = "ha";
    definition.pattern = "^q";
    definition.definition = std::move(more);
    definition.definition.set("ha-mode", mode);
    if (params) definition.definition.set("ha-params", *std::move(params));
    return apply(SetPolicy{"/", std::move(definition)});
  }

  std::uint64_t process_ = 0;
};

}  // namespace warren::broker
