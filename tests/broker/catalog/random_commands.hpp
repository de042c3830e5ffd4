// Random commands for laws that hold whatever is done to a catalog.
#pragma once

#include <array>
#include <string>

#include "base/rng.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

// Random commands over few names, so that they meet each other often.
class RandomCommands {
 public:
  explicit RandomCommands(std::uint64_t seed) : rng_(seed) {}

  Command next() {
    switch (rng_.below(20)) {
      case 19: return rng_.one_in(2) ? rule_command() : holder_command();
      case 16: return node_command();
      case 17: return rng_.one_in(2) ? user_command() : Command(ClearPermission{name("v", 2), name("u", 3)});
      case 18: return policy_command();
      case 0: return AddVhost{name("v", 2)};
      case 1: return rng_.one_in(8) ? Command(DeleteVhost{name("v", 2)}) : Command(AddVhost{name("v", 2)});
      case 2:
        return PutUser{{name("u", 3), name("h", 2), rng_.one_in(2) ? Names{"management", name("t", 2)} : Names{}}};
      case 3: return rng_.one_in(3) ? Command(DeleteUser{name("u", 3)}) : Command(permission());
      case 4:
      case 5: return DeclareExchange{exchange()};
      case 6: return DeleteExchange{vhost(), name("x", 6), rng_.one_in(2)};
      case 7:
      case 8: return DeclareQueue{queue()};
      case 9: return DeleteQueue{QueueId(rng_.below(200))};
      case 10: return rng_.one_in(4) ? Command(DeleteExclusiveQueues{session()}) : Command(DeclareQueue{queue()});
      case 11:
      case 12: return Unbind{bind()};
      default: return bind();
    }
  }

 private:
  std::string name(const std::string& letter, std::uint64_t count) {
    return letter + std::to_string(rng_.below(count));
  }
  NodeId node() { return NodeId(static_cast<std::uint32_t>(1 + rng_.below(4))); }
  VhostId vhost() { return VhostId(static_cast<std::uint32_t>(1 + rng_.below(4))); }
  SessionRef session() {
    return {SessionId(1 + rng_.below(3)), NodeId(1 + static_cast<std::uint32_t>(rng_.below(2))), 0};
  }
  SetPermission permission() { return {name("v", 2), name("u", 3), name("c", 2), "", name("r", 2)}; }

  Command user_command() {
    if (rng_.one_in(2)) return SetPassword{name("u", 3), name("h", 2)};
    return SetUserTags{name("u", 3), {name("t", 2)}};
  }

  Command rule_command() {
    const std::string user = name("u", 3);
    switch (rng_.below(4)) {
      case 0: return ClearTopicPermission{name("v", 2), user, rng_.one_in(4) ? std::string() : name("x", 3)};
      case 1: return SetVhostLimits{name("v", 2), limits()};
      default: return SetTopicPermission{name("v", 2), user, name("x", 3), name("w", 2), name("r", 2)};
    }
  }
  VhostLimits limits() {
    if (rng_.one_in(2)) return {};
    return {rng_.one_in(2) ? std::optional(0u) : std::nullopt, static_cast<std::uint32_t>(rng_.below(20))};
  }
  Command policy_command() {
    const PolicyKind kind = rng_.one_in(2) ? PolicyKind::user : PolicyKind::operators;
    if (rng_.one_in(4)) return ClearPolicy{name("v", 2), kind, name("p", 3)};
    PolicyDefinition policy{{},
                            kind,
                            name("p", 3),
                            name("[qx]", 6),
                            rng_.one_in(2) ? ApplyTo::all : ApplyTo::exchanges,
                            static_cast<std::int64_t>(rng_.below(3)) - 1,
                            table({{"max-length", static_cast<std::int64_t>(rng_.below(3))}})};
    if (rng_.one_in(2)) want_copies(policy.definition);
    if (kind == PolicyKind::user) policy.definition.set("alternate-exchange", std::string_view(name("x", 6)));
    return SetPolicy{name("v", 2), std::move(policy)};
  }

  void want_copies(amqp::Table& definition) {
    static constexpr std::array kModes{"all", "exactly", "nodes"};
    const std::uint64_t mode = rng_.below(kModes.size());
    definition.set("ha-mode", std::string_view(kModes[mode]));
    if (mode == 1) definition.set("ha-params", static_cast<std::int64_t>(1 + rng_.below(3)));
    if (mode == 2) definition.set("ha-params", amqp::Array{std::string_view(name("n", 4)), "n1"});
  }

  Command holder_command() {
    const QueueId queue(rng_.below(200));
    const Epoch epoch(1 + rng_.below(3));
    if (rng_.one_in(3)) return TransferQueue{queue, epoch, node()};
    return SetInSync{queue, epoch, node(), !rng_.one_in(3), rng_.below(4)};
  }

  // Members go seldom, so that queues have a place most of the time.
  Command node_command() {
    switch (rng_.below(8)) {
      case 0: return AddNode{name("n", 4), rng_.one_in(8) ? NodeKind::ram : NodeKind::disc, name("host", 2), 1};
      case 1: return rng_.one_in(4) ? Command(RemoveNode{node()}) : Command(SetDraining{node(), rng_.one_in(2)});
      case 2: return SetClusterName{name("c", 3)};
      case 3:
      case 4: return NodeDown{node(), 1 + rng_.below(3), rng_.one_in(2)};
      default: return NodeUp{node(), 1 + rng_.below(3), name("host", 2), 2};
    }
  }

  ExchangeDefinition exchange() {
    static constexpr std::array kTypes{"direct", "fanout", "topic", "x-modulus-hash", "headers", "x-random"};
    ExchangeDefinition wanted;
    wanted.vhost = vhost();
    const std::uint64_t number = rng_.below(kTypes.size());
    wanted.name = "x" + std::to_string(number);
    wanted.type = kTypes[number];
    wanted.durable = number % 3 != 0;
    wanted.auto_delete = number % 2 == 0;
    if (wanted.type == std::string_view("topic")) wanted.arguments = table({{"alternate-exchange", "x1"}});
    return wanted;
  }

  QueueDefinition queue() {
    QueueDefinition wanted;
    wanted.vhost = vhost();
    wanted.name = name("q", 8);
    wanted.durable = !rng_.one_in(3);
    wanted.auto_delete = rng_.one_in(2);
    wanted.owner = node();
    wanted.declared_on = static_cast<ShardIndex>(rng_.below(400));
    if (rng_.one_in(2)) wanted.arguments = table({{"x-max-length", static_cast<std::int64_t>(rng_.below(9))}});
    if (rng_.one_in(4)) wanted.exclusive_owner = session();
    return wanted;
  }

  Bind bind() {
    const bool to_queue = rng_.one_in(2);
    return {vhost(),
            name("x", 6),
            to_queue ? DestinationKind::queue : DestinationKind::exchange,
            to_queue ? name("q", 8) : name("x", 6),
            rng_.one_in(2) ? "a.#" : "b",
            rng_.one_in(4) ? table({{"n", 1}}) : amqp::Table{}};
  }

  Rng rng_;
};

}  // namespace warren::broker
