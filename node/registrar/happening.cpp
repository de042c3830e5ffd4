#include "node/registrar/happening.hpp"

#include <utility>

namespace warren::node {
namespace {

Event event_of(const NodeSight& sight, std::string_view self) {
  return {sight.heard ? "node.reachable" : "node.unreachable",
          {{{"node", std::string_view(sight.node)}, {"observer", self}}}};
}

Event event_of(const PartitionSight& sight, std::string_view self) {
  return {sight.began ? "partition.began" : "partition.ended",
          {{{"node", std::string_view(sight.node)}, {"observer", self}, {"partial", sight.partial}}}};
}

Event event_of(const NodePause& pause, std::string_view self) {
  return {pause.paused ? "node.paused" : "node.resumed", {{{"node", self}}}};
}

Event event_of(const AlarmChange& change, std::string_view self) {
  return {change.set ? "alarm.set" : "alarm.cleared", {{{"type", std::string_view(change.type)}, {"node", self}}}};
}

Event event_of(const DefinitionRefused& refused, std::string_view self) {
  return {"definition.refused",
          {{{"reason", std::string_view(refused.reason)},
            {"user", std::string_view(refused.user)},
            {"node", self},
            {"more", static_cast<std::int64_t>(refused.more)}}}};
}

Event event_of(const MessagesOffered& offered, std::string_view self) {
  Event event{"queue.messages.offered",
              {{{"name", std::string_view(offered.queue)},
                {"vhost", std::string_view(offered.vhost)},
                {"node", self},
                {"messages", static_cast<std::int64_t>(offered.messages)},
                {"lost", static_cast<std::int64_t>(offered.lost)}}}};
  if (!offered.owner.empty()) event.headers.set("owner", std::string_view(offered.owner));
  return event;
}

}  // namespace

Event describe(const Happening& happening, std::string_view self) {
  return std::visit([self](const auto& known) { return event_of(known, self); }, happening);
}

}  // namespace warren::node
