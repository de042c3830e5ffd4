// The node itself and its cluster.
#include <fmt/core.h>

#include <array>

#include "base/limits.hpp"
#include "manage/operations/desk/need.hpp"

namespace warren::manage {
namespace {

NeedRegistrar registrar(RegistrarRequest request) { return {std::move(request), {}}; }

bool accepts_loss(const Map& arguments) { return flag_of(arguments, "accept_loss"); }

Need ping(const Map&, const DeskFacts&) { return Answer(Value("Ping succeeded")); }

Need join_cluster(const Map& arguments, const DeskFacts& facts) {
  const std::string_view member = text_of(arguments, "member");
  const bool ram = flag_of(arguments, "ram");
  if (ram && flag_of(arguments, "disc"))
    return Answer(Failure{fmt::format("Bad argument: {}", kBadNodeKind), kDataError, "bad_argument", {}});
  if (member == facts.node) return Answer(refused(Reason::with_itself, member));
  return registrar(
      JoinCluster{std::string(member), ram ? broker::NodeKind::ram : broker::NodeKind::disc, accepts_loss(arguments)});
}

Need change_kind(const Map& arguments, const DeskFacts&) {
  const std::string_view kind = text_of(arguments, "kind");
  const bool ram = kind == "ram";
  if (!ram && kind != "disc" && kind != "disk")
    return Answer(Failure{fmt::format("Bad argument: {}", kBadNodeKind), kDataError, "bad_argument", {}});
  return registrar(ChangeKind{ram ? broker::NodeKind::ram : broker::NodeKind::disc, accepts_loss(arguments)});
}

// A node whose broker is stopped knows the cluster only as it was: it is left to the registrar.
Need forget(const Map& arguments, const DeskFacts& facts) {
  const std::string_view member = text_of(arguments, "member");
  const bool offline = flag_of(arguments, "offline");
  if (facts.app_running && offline) return Answer(refused(Reason::online_node_offline_flag));
  if (!facts.app_running && !offline) return Answer(refused(Reason::offline_node_no_offline_flag));
  if (facts.app_running) {
    const broker::NodeDefinition* node = facts.catalog.find_node(member);
    if (node == nullptr) return Answer(refused(Reason::not_a_cluster_node));
    if (member == facts.node) return Answer(refused(Reason::still_running, member));
  }
  return registrar(ForgetNode{std::string(member), offline, accepts_loss(arguments)});
}

Need set_cluster_name(const Map& arguments, const DeskFacts&) {
  const std::string_view name = text_of(arguments, "name");
  if (name.empty() || name.size() > warren::limits::kShortStringBytesMax)
    return Answer(Failure{"a name has 1 to 255 bytes", kDataError, "bad_argument", {}});
  return registrar(ProposeCommand{broker::SetClusterName{std::string(name)}});
}

constexpr std::array<Handler, 15> kClusterHandlers{{
    {"ping", ping},
    {"status", [](const Map&, const DeskFacts&) -> Need { return registrar(NodeFactsWanted{}); }},
    {"cluster_status", [](const Map&, const DeskFacts&) -> Need { return registrar(ClusterFactsWanted{}); }},
    {"start_app", [](const Map&, const DeskFacts&) -> Need { return registrar(StartApp{}); }},
    {"stop_app", [](const Map&, const DeskFacts&) -> Need { return registrar(StopApp{}); }},
    {"stop", [](const Map&, const DeskFacts&) -> Need { return registrar(StopProcess{}); }},
    {"drain", [](const Map&, const DeskFacts&) -> Need { return registrar(Drain{true}); }},
    {"revive", [](const Map&, const DeskFacts&) -> Need { return registrar(Drain{false}); }},
    {"join_cluster", join_cluster},
    {"change_cluster_node_type", change_kind},
    {"forget_cluster_node", forget},
    {"reset",
     [](const Map& arguments, const DeskFacts&) -> Need {
       return registrar(Reset{false, accepts_loss(arguments)});
     }},
    {"force_reset",
     [](const Map& arguments, const DeskFacts&) -> Need {
       return registrar(Reset{true, accepts_loss(arguments)});
     }},
    {"force_boot", [](const Map&, const DeskFacts&) -> Need { return registrar(ForceBoot{}); }},
    {"set_cluster_name", set_cluster_name},
}};

}  // namespace

const Handler* cluster_handler(std::string_view operation) { return handler_among(kClusterHandlers, operation); }

}  // namespace warren::manage
