// Why operations are refused, in the words and with the codes of the reference (clustering.md 2).
#pragma once

#include <cstdint>
#include <string_view>

#include "broker/refusal.hpp"
#include "manage/operations/words/request.hpp"

namespace warren::manage {

enum class Reason : std::uint8_t {
  app_must_run,
  app_must_stop,
  with_itself,                // `node`: itself
  node_not_running,           // `node`: whom a cluster was to be joined through
  node_unreachable,           // the same
  other_cluster,              // `node` thinks that it is clustered with `self`, which disagrees
  clustering_only_disc_node,  // joins another cluster
  resetting_only_disc_node,
  no_running_cluster_nodes,  // leaves its cluster
  not_clustered,             // changes its kind
  no_online_cluster_nodes,   // the same
  not_a_cluster_node,        // forgets
  still_running,             // forgets `node`
  offline_node_no_offline_flag,
  online_node_offline_flag,
  removing_node_from_offline_node,
  no_majority,   // nothing can be agreed on
  no_disc_node,  // nothing can be kept
  timed_out,     // whether it was done is not known
};

// `node` and `self` stand where the words name nodes.
Failure refused(Reason reason, std::string_view node = {}, std::string_view self = {});

// The operation would destroy these durable queues with their messages: maps of "vhost", "name", "messages".
Failure would_lose(std::string_view node, List queues);

// What the catalog refused.
Failure refused(const broker::Refusal& refusal);

Failure no_such_user(std::string_view user);
// The text is no regular expression.
Failure invalid_pattern(std::string_view pattern, std::string_view why);
Failure no_such_vhost(std::string_view vhost);

}  // namespace warren::manage
