#include "broker/catalog/wire/command_codec.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

#include "base/tags.hpp"
#include "broker/catalog/wire/bounded_fields.hpp"

namespace warren::broker {
namespace {

using limits::kUserNameBytesMax;

// ---- the fields of each command; their numbers are on disk ----

template <class Self, class Kind>
concept IsCommand = std::same_as<std::remove_const_t<Self>, Kind>;

template <class Self>
concept OfName = IsCommand<Self, AddVhost> || IsCommand<Self, DeleteVhost> || IsCommand<Self, SetClusterName>;
void fields(OfName auto& command, auto& visit) { visit.name(1, command.name); }

void fields(IsCommand<PutUser> auto& command, auto& visit) {
  visit.name(1, command.user.name, kUserNameBytesMax);
  visit.text(2, command.user.password_hash);
  visit.names(3, command.user.tags, limits::kUserTagsMax);
}

void fields(IsCommand<DeleteUser> auto& command, auto& visit) { visit.name(1, command.name, kUserNameBytesMax); }

void fields(IsCommand<SetPassword> auto& command, auto& visit) {
  visit.name(1, command.user, kUserNameBytesMax);
  visit.text(2, command.password_hash);
}

void fields(IsCommand<SetUserTags> auto& command, auto& visit) {
  visit.name(1, command.user, kUserNameBytesMax);
  visit.names(2, command.tags, limits::kUserTagsMax);
}

void fields(IsCommand<SetPermission> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.name(2, command.user, kUserNameBytesMax);
  visit.text(3, command.configure);
  visit.text(4, command.write);
  visit.text(5, command.read);
}

void fields(IsCommand<ClearPermission> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.name(2, command.user, kUserNameBytesMax);
}

void fields(IsCommand<SetTopicPermission> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.name(2, command.user, kUserNameBytesMax);
  visit.name(3, command.exchange);
  visit.text(4, command.write);
  visit.text(5, command.read);
}

void fields(IsCommand<ClearTopicPermission> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.name(2, command.user, kUserNameBytesMax);
  visit.name(3, command.exchange);
}

void fields(IsCommand<SetVhostLimits> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.limit(2, command.limits.connections);
  visit.limit(3, command.limits.queues);
}

void fields(IsCommand<DeclareExchange> auto& command, auto& visit) { visit.definition(1, command.exchange); }

void fields(IsCommand<DeleteExchange> auto& command, auto& visit) {
  visit.number(1, command.vhost.value);
  visit.name(2, command.name);
  visit.flag(3, command.if_unused);
}

void fields(IsCommand<DeclareQueue> auto& command, auto& visit) { visit.definition(1, command.queue); }

void fields(IsCommand<DeleteQueue> auto& command, auto& visit) { visit.number(1, command.queue.value); }

void fields(IsCommand<DeleteExclusiveQueues> auto& command, auto& visit) {
  visit.number(1, command.owner.id.value);
  visit.number(2, command.owner.node.value);
  visit.number(3, command.owner.shard);
}

void fields(IsCommand<Bind> auto& command, auto& visit) {
  visit.number(1, command.vhost.value);
  visit.name(2, command.source);
  visit.choice(3, command.kind, DestinationKind::exchange);
  visit.name(4, command.destination);
  visit.name(5, command.routing_key);
  visit.table(6, command.arguments);
}

void fields(IsCommand<Unbind> auto& command, auto& visit) { fields(command.binding, visit); }

void fields(IsCommand<AddNode> auto& command, auto& visit) {
  visit.name(1, command.name);
  visit.choice(2, command.kind, NodeKind::witness);
  visit.name(3, command.host);
  visit.number(4, command.cluster_port);
}

void fields(IsCommand<NodeUp> auto& command, auto& visit) {
  visit.number(1, command.node.value);
  visit.number(2, command.incarnation);
  visit.name(3, command.host);
  visit.number(4, command.cluster_port);
  visit.number(5, command.reigns.value);
}

void fields(IsCommand<NodeDown> auto& command, auto& visit) {
  visit.number(1, command.node.value);
  visit.number(2, command.incarnation);
  visit.flag(3, command.orderly);
}

void fields(IsCommand<RemoveNode> auto& command, auto& visit) { visit.number(1, command.node.value); }

void fields(IsCommand<SetDraining> auto& command, auto& visit) {
  visit.number(1, command.node.value);
  visit.flag(2, command.draining);
}

void fields(IsCommand<SetPolicy> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.choice(2, command.policy.kind, PolicyKind::operators);
  visit.name(3, command.policy.name, limits::kPolicyNameBytesMax);
  visit.definition(4, command.policy);
}

void fields(IsCommand<ClearPolicy> auto& command, auto& visit) {
  visit.name(1, command.vhost);
  visit.choice(2, command.kind, PolicyKind::operators);
  visit.name(3, command.name, limits::kPolicyNameBytesMax);
}

void fields(IsCommand<SetInSync> auto& command, auto& visit) {
  visit.number(1, command.queue.value);
  visit.number(2, command.epoch.value);
  visit.number(3, command.node.value);
  visit.flag(4, command.in_sync);
  visit.number(5, command.round);
}

void fields(IsCommand<FillCopies> auto& command, auto& visit) {
  visit.number(1, command.queue.value);
  visit.flag(2, command.on);
}

void fields(IsCommand<TransferQueue> auto& command, auto& visit) {
  visit.number(1, command.queue.value);
  visit.number(2, command.epoch.value);
  visit.number(3, command.to.value);
}

// ---- what of them makes sense, whatever the catalog ----

bool is_name(const std::string& text) { return text.size() <= limits::kShortStringBytesMax; }

bool makes_sense(const auto&) { return true; }
bool makes_sense(const DeclareExchange& command) {
  return is_name(command.exchange.name) && is_name(command.exchange.type);
}
bool makes_sense(const DeclareQueue& command) { return is_name(command.queue.name); }
bool makes_sense(const SetPolicy& command) { return !command.policy.name.empty(); }
bool makes_sense(const AddNode& command) { return command.kind != NodeKind::none && !command.name.empty(); }
bool makes_sense(const NodeUp& command) { return command.node && command.incarnation != 0; }
// None would mean every queue that is not exclusive.
bool makes_sense(const DeleteExclusiveQueues& command) { return static_cast<bool>(command.owner.id); }

// ---- the tag of each; the compiler wants one for every alternative ----

constexpr CommandTag tag_of(const AddVhost&) { return CommandTag::add_vhost; }
constexpr CommandTag tag_of(const DeleteVhost&) { return CommandTag::delete_vhost; }
constexpr CommandTag tag_of(const PutUser&) { return CommandTag::put_user; }
constexpr CommandTag tag_of(const DeleteUser&) { return CommandTag::delete_user; }
constexpr CommandTag tag_of(const SetPermission&) { return CommandTag::set_permission; }
constexpr CommandTag tag_of(const DeclareExchange&) { return CommandTag::declare_exchange; }
constexpr CommandTag tag_of(const DeleteExchange&) { return CommandTag::delete_exchange; }
constexpr CommandTag tag_of(const DeclareQueue&) { return CommandTag::declare_queue; }
constexpr CommandTag tag_of(const DeleteQueue&) { return CommandTag::delete_queue; }
constexpr CommandTag tag_of(const DeleteExclusiveQueues&) { return CommandTag::delete_exclusive_queues; }
constexpr CommandTag tag_of(const Bind&) { return CommandTag::bind; }
constexpr CommandTag tag_of(const Unbind&) { return CommandTag::unbind; }
constexpr CommandTag tag_of(const ClearPermission&) { return CommandTag::clear_permission; }
constexpr CommandTag tag_of(const SetUserTags&) { return CommandTag::set_user_tags; }
constexpr CommandTag tag_of(const SetPassword&) { return CommandTag::set_password; }
constexpr CommandTag tag_of(const AddNode&) { return CommandTag::add_node; }
constexpr CommandTag tag_of(const NodeUp&) { return CommandTag::node_up; }
constexpr CommandTag tag_of(const NodeDown&) { return CommandTag::node_down; }
constexpr CommandTag tag_of(const RemoveNode&) { return CommandTag::remove_node; }
constexpr CommandTag tag_of(const SetDraining&) { return CommandTag::set_draining; }
constexpr CommandTag tag_of(const SetClusterName&) { return CommandTag::set_cluster_name; }
constexpr CommandTag tag_of(const SetTopicPermission&) { return CommandTag::set_topic_permission; }
constexpr CommandTag tag_of(const ClearTopicPermission&) { return CommandTag::clear_topic_permission; }
constexpr CommandTag tag_of(const SetVhostLimits&) { return CommandTag::set_vhost_limits; }
constexpr CommandTag tag_of(const SetPolicy&) { return CommandTag::set_policy; }
constexpr CommandTag tag_of(const ClearPolicy&) { return CommandTag::clear_policy; }
constexpr CommandTag tag_of(const SetInSync&) { return CommandTag::set_in_sync; }
constexpr CommandTag tag_of(const TransferQueue&) { return CommandTag::transfer_queue; }
constexpr CommandTag tag_of(const FillCopies&) { return CommandTag::fill_copies; }

template <class Kind>
bool read(std::string_view record, Command& command) {
  Kind known;
  BoundedReader reader(record);
  fields(known, reader);
  if (!reader.finish() || !makes_sense(known)) return false;
  command = std::move(known);
  return true;
}

// Tries the alternatives in turn. One that nobody knows is refused.
template <std::size_t kAlternative = 0>
bool read(CommandTag tag, std::string_view record, Command& command) {
  if constexpr (kAlternative == std::variant_size_v<Command>) {
    return false;
  } else {
    using Kind = std::variant_alternative_t<kAlternative, Command>;
    if (tag == tag_of(Kind())) return read<Kind>(record, command);
    return read<kAlternative + 1>(tag, record, command);
  }
}

}  // namespace

std::string encode(const Command& command) {
  std::string bytes;
  std::visit(
      [&](const auto& known) {
        bytes.push_back(static_cast<char>(tag_of(known)));
        BoundedWriter writer(bytes);
        fields(known, writer);
      },
      command);
  return bytes;
}

bool decode(std::string_view bytes, Command& command) {
  if (bytes.empty()) return false;
  return read(static_cast<CommandTag>(static_cast<unsigned char>(bytes.front())), bytes.substr(1), command);
}

}  // namespace warren::broker
