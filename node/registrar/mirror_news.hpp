// What happens to the copies of queues, in words: for the exchange of events, and for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/catalog/catalog.hpp"

namespace warren::node {

struct MirrorNews {
  std::string_view key;      // of the event
  NodeId node;               // whose copy it is, or who owns the queue now; none: it is about the queue
  std::string_view meaning;  // "the mirror on node {} has everything"; the node's name goes in, if there is one
};

std::vector<MirrorNews> news_of(const broker::QueueMoved& change);
// `queue` is as it has become.
std::vector<MirrorNews> news_of(const broker::MirrorsChanged& change, const broker::QueueDefinition& queue);

// A line of the log for each piece of news of one command, up to a bound.
std::vector<std::string> mirror_log(const broker::Catalog& catalog, const broker::Applied& applied);

}  // namespace warren::node
