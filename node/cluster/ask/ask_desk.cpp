#include "node/cluster/ask/ask_desk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <variant>

namespace warren::node {
namespace {

// Requests of operators are numbered by their driver; these stand apart.
constexpr Instant kPartingAtMost_ms = 5000;
constexpr RequestNumber kDeskRequests = RequestNumber{1} << 63;

std::vector<NodeContact> contacts(const broker::Catalog& catalog) {
  std::vector<NodeContact> nodes;
  catalog.for_each_node([&](const broker::NodeDefinition& node) { nodes.push_back({node}); });
  return nodes;
}

}  // namespace

RequestNumber AskDesk::next() { return kDeskRequests | ++last_; }

void AskDesk::asked(std::uint64_t ask, std::string_view question, Registrar& registrar, Instant now) {
  AskMessage message;
  if (!decode(question, message)) return replies_.push_back({ask, {}});
  std::visit([&](auto& any) { on(ask, any, registrar, now); }, message);
}

void AskDesk::on(std::uint64_t ask, const WhoQuestion&, Registrar&, Instant) {
  WhoAnswer answer;
  answer.name = identity_.name;
  answer.cluster_name = catalog_.cluster_name().empty() ? cluster_name_ : catalog_.cluster_name();
  answer.nodes = contacts(catalog_);
  reply(ask, answer);
}

JoinAnswer AskDesk::welcome(std::string_view name) const {
  JoinAnswer answer;
  const broker::NodeDefinition* node = catalog_.find_node(name);
  if (node == nullptr) return answer.refusal = "the node was removed again", answer;
  answer.node = node->id.value;
  answer.lineage = identity_.lineage;
  answer.nodes = contacts(catalog_);
  return answer;
}

void AskDesk::on(std::uint64_t ask, const JoinQuestion& question, Registrar& registrar, Instant now) {
  JoinAnswer answer;
  const broker::NodeDefinition* known = catalog_.find_node(question.name);
  // One that never came may ask again. Any other would come without what it should have.
  if (known != nullptr && (known->incarnation != 0 || known->kind != question.kind)) {
    answer.refusal =
        fmt::format("{{:inconsistent_cluster, 'Node {} thinks it\\'s clustered with node {}, but {} disagrees'}}",
                    identity_.name, question.name, question.name);
    return reply(ask, answer);
  }
  if (catalog_.node_count() >= limits::kMembersMax) {
    answer.refusal = fmt::format("the cluster has {} nodes already: it cannot have more", catalog_.node_count());
    return reply(ask, answer);
  }
  if (!registrar.serves()) {
    answer.refusal = "mnesia_not_running";
    return reply(ask, answer);
  }
  const RequestNumber number = next();
  waiting_[number] = {ask, question.name, {}};
  registrar.request(number, {}, broker::AddNode{question.name, question.kind, question.host, question.port}, now);
}

void AskDesk::on(std::uint64_t ask, const LeaveQuestion& question, Registrar& registrar, Instant now) {
  const broker::NodeDefinition* node = catalog_.find_node(question.name);
  if (node == nullptr || question.lineage != identity_.lineage) return reply(ask, LeaveAnswer{});  // it is gone already
  const RequestNumber number = next();
  waiting_[number] = {ask, {}, node->id};
  registrar.request(number, {}, broker::RemoveNode{node->id}, now);
}

// Who leaves votes until the group has let it go; else the others might be too few to do so.
void AskDesk::look(const Registrar& registrar, Instant now) {
  std::erase_if(parting_, [&](Parting& parting) {
    if (parting.until == kNever) parting.until = now + kPartingAtMost_ms;
    if (registrar.status().configuration.find(parting.leaver) != nullptr && now < parting.until) return false;
    reply(parting.ask, LeaveAnswer{});
    return true;
  });
}

bool AskDesk::answered(const RequestAnswer& answer) {
  const auto found = waiting_.find(answer.request);
  if (found == waiting_.end()) return false;
  const Waiting waiting = found->second;
  waiting_.erase(found);
  const std::string refusal = answer.refusal ? answer.refusal->text : std::string{};
  if (waiting.joiner.empty() && refusal.empty()) {
    parting_.push_back({waiting.ask, waiting.leaver});
  } else if (waiting.joiner.empty()) {
    reply(waiting.ask, LeaveAnswer{refusal});
  } else if (!refusal.empty()) {
    JoinAnswer refused;
    refused.refusal = refusal;
    reply(waiting.ask, refused);
  } else {
    reply(waiting.ask, welcome(waiting.joiner));
  }
  return true;
}

}  // namespace warren::node
