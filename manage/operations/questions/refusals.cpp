#include "manage/operations/questions/refusals.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace warren::manage {
namespace {

struct Words {
  Reason reason;
  int code;
  std::string_view kind;
  std::string_view sentence;  // {node} and {self} are replaced
};

constexpr std::array<Words, 19> kWords{{
    {Reason::app_must_run, kUsage, "app_not_running",
     "this command requires the 'rabbit' app to be running on the target node. Start it with 'warrenctl start_app'."},
    {Reason::app_must_stop, kUsage, "app_running",
     "this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'warrenctl stop_app'."},
    {Reason::with_itself, kSoftware, "with_itself", "cannot cluster node with itself: {node}"},
    {Reason::node_not_running, kUnavailable, "node_not_running",
     "{:node_not_running, 'The broker of node {node} does not run: start it, or name another member.'}"},
    {Reason::node_unreachable, kUnavailable, "node_unreachable",
     "unable to perform an operation on node '{node}': it cannot be reached from here, or has another secret"},
    {Reason::other_cluster, kUnavailable, "inconsistent_cluster",
     "{:inconsistent_cluster, 'Node {node} thinks it\\'s clustered with node {self}, but {self} disagrees'}"},
    {Reason::clustering_only_disc_node, kUnavailable, "clustering_only_disc_node",
     "{:clustering_only_disc_node, 'You cannot cluster a node if it is the only disc node in its existing  cluster.'}"},
    {Reason::resetting_only_disc_node, kUnavailable, "resetting_only_disc_node",
     "{:resetting_only_disc_node, 'You cannot reset a node when it is the only disc node in a cluster. Please convert "
     "another node of the cluster to a disc node first.'}"},
    {Reason::no_running_cluster_nodes, kUnavailable, "no_running_cluster_nodes",
     "{:no_running_cluster_nodes, 'You cannot leave a cluster if no online nodes are present.'}"},
    {Reason::not_clustered, kUnavailable, "not_clustered",
     "{:not_clustered, 'Non-clustered nodes can only be disc nodes.'}"},
    {Reason::no_online_cluster_nodes, kUnavailable, "no_online_cluster_nodes",
     "{:no_online_cluster_nodes, 'Could not find any online cluster nodes.'}"},
    {Reason::not_a_cluster_node, kUnavailable, "not_a_cluster_node",
     "{:not_a_cluster_node, 'The node selected is not in the cluster.'}"},
    {Reason::still_running, kUnavailable, "still_running",
     "RabbitMQ on node {node} must be stopped with 'warrenctl -n {node} stop_app' before it can be removed"},
    {Reason::offline_node_no_offline_flag, kUnavailable, "offline_node_no_offline_flag",
     "{:offline_node_no_offline_flag, 'You are trying to remove a node from an offline node. That is dangerous, but "
     "can "
     "be done with the --offline flag. Please consult the manual for warrenctl for more information.'}"},
    {Reason::online_node_offline_flag, kUnavailable, "online_node_offline_flag",
     "{:online_node_offline_flag, 'You set the --offline flag, which is used to remove nodes remotely from offline "
     "nodes, but this node is online.'}"},
    {Reason::removing_node_from_offline_node, kUnavailable, "removing_node_from_offline_node",
     "{:removing_node_from_offline_node, 'To remove a node remotely from an offline node, the node you are removing "
     "from must be a disc node and all the other nodes must be offline.'}"},
    {Reason::no_majority, kUnavailable, "no_majority",
     "nothing can be agreed on: fewer than half of the cluster's nodes can be reached from here"},
    {Reason::no_disc_node, kUnavailable, "no_disc_node",
     "definitions cannot be changed: no disc node can be reached from here"},
    {Reason::timed_out, kTemporary, "timeout",
     "the cluster did not answer in time; whether it was done shows a listing"},
}};

void replace(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
    text.replace(at, name.size(), value);
}

}  // namespace

Failure refused(Reason reason, std::string_view node, std::string_view self) {
  const Words& words = *std::ranges::find(kWords, reason, &Words::reason);
  std::string sentence(words.sentence);
  replace(sentence, "{self}", self);
  replace(sentence, "{node}", node);
  return {std::move(sentence), words.code, std::string(words.kind), {}};
}

Failure would_lose(std::string_view node, List queues) {
  return {fmt::format("this would destroy {} durable queue(s) with their messages, which live on node {} alone:",
                      queues.size(), node),
          kUnavailable, "would_lose", std::move(queues)};
}

Failure refused(const broker::Refusal& refusal) {
  const bool no_user = refusal.code == amqp::ReplyCode::not_found && refusal.text.starts_with("User ");
  const bool no_vhost = refusal.text.starts_with("Virtual host ");
  const bool runs = refusal.text.ends_with(" before it can be removed");
  return {refusal.text,
          no_user    ? kNoUser
          : no_vhost ? kDataError
                     : kUnavailable,
          no_user    ? "no_such_user"
          : no_vhost ? "no_such_vhost"
          : runs     ? "still_running"
                     : "refused",
          {}};
}

Failure no_such_user(std::string_view user) {
  return {fmt::format("User \"{}\" does not exist", user), kNoUser, "no_such_user", {}};
}

Failure invalid_pattern(std::string_view pattern, std::string_view why) {
  return {fmt::format("{{:invalid_regexp, '{}', '{}'}}", pattern, why), kDataError, "invalid_regexp", {}};
}

Failure no_such_vhost(std::string_view vhost) {
  return {fmt::format("Virtual host '{}' does not exist", vhost), kDataError, "no_such_vhost", {}};
}

}  // namespace warren::manage
