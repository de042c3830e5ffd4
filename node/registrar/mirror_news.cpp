#include "node/registrar/mirror_news.hpp"

#include <fmt/core.h>

#include <string>
#include <variant>

namespace warren::node {
namespace {

using Nodes = std::vector<NodeId>;

// One node's end may concern every queue that there is.
constexpr std::size_t kLinesMax = 50;

// `queue`: what it is about; null: nothing is news.
std::vector<MirrorNews> news_in(const broker::Change& change, const broker::QueueDefinition*& queue,
                                const broker::Catalog& catalog) {
  if (const auto* moved = std::get_if<broker::QueueMoved>(&change)) {
    queue = catalog.queue(moved->queue);
    return queue == nullptr ? std::vector<MirrorNews>{} : news_of(*moved);
  }
  const auto* mirrors = std::get_if<broker::MirrorsChanged>(&change);
  queue = mirrors == nullptr ? nullptr : catalog.queue(mirrors->queue);
  return queue == nullptr ? std::vector<MirrorNews>{} : news_of(*mirrors, *queue);
}

std::string line_of(const MirrorNews& news, const broker::QueueDefinition& queue, const broker::Catalog& catalog) {
  const broker::NodeDefinition* node = catalog.node(news.node);
  const broker::VhostDefinition* vhost = catalog.vhost(queue.vhost);
  std::string meaning(news.meaning);
  if (const std::size_t gap = meaning.find("{}"); gap != meaning.npos)
    meaning.replace(gap, 2, node == nullptr ? "(unknown)" : node->name);
  return fmt::format("Mirrored queue '{}' in vhost '{}': {}", queue.name, vhost == nullptr ? "" : vhost->name, meaning);
}

}  // namespace

std::vector<MirrorNews> news_of(const broker::QueueMoved& change) {
  if (change.from == change.to) return {{"queue.owner.restarted", change.to, "the node {} owns it anew"}};
  return {{"queue.owner.changed", change.to, "node {} owns it from now on"}};
}

std::vector<MirrorNews> news_of(const broker::MirrorsChanged& change, const broker::QueueDefinition& queue) {
  std::vector<MirrorNews> news;
  for (const NodeId node : change.mirrors)
    if (!among(queue.mirrors, node) && node != queue.owner)
      news.push_back({"queue.mirror.removed", node, "there is no mirror on node {} any more"});
  for (const NodeId node : queue.mirrors)
    if (!among(change.mirrors, node)) news.push_back({"queue.mirror.added", node, "there is a mirror on node {} now"});
  for (const NodeId node : change.in_sync)
    if (!among(queue.in_sync, node) && among(queue.mirrors, node))
      news.push_back({"queue.mirror.unsynchronised", node, "the mirror on node {} is not waited for any more"});
  for (const NodeId node : queue.in_sync)
    if (!among(change.in_sync, node))
      news.push_back({"queue.mirror.synchronised", node, "the mirror on node {} has everything"});
  if (change.filling == queue.filling) return news;
  if (queue.filling)
    news.push_back({"queue.sync.started", {}, "mirrors that lack messages get them, as an operator wants"});
  else if (queue.in_sync.size() < queue.mirrors.size())
    news.push_back({"queue.sync.cancelled", {}, "mirrors that lack messages are left as they are"});
  else
    news.push_back({"queue.sync.finished", {}, "all mirrors have everything"});
  return news;
}

std::vector<std::string> mirror_log(const broker::Catalog& catalog, const broker::Applied& applied) {
  std::vector<std::string> lines;
  std::size_t more = 0;
  for (const broker::Change& change : applied.changes) {
    const broker::QueueDefinition* queue = nullptr;
    for (const MirrorNews& news : news_in(change, queue, catalog)) {
      if (lines.size() < kLinesMax)
        lines.push_back(line_of(news, *queue, catalog));
      else
        ++more;
    }
  }
  if (more != 0) lines.push_back(fmt::format("Mirrored queues: the same command made {} changes more", more));
  return lines;
}

}  // namespace warren::node
