#include "server/cluster/administrator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>
#include <variant>

#include "manage/operations/questions/refusals.hpp"
#include "node/cluster/ask/ask_messages.hpp"
#include "server/cluster/formation.hpp"
#include "server/cluster/identity_file.hpp"
#include "server/cluster/registry.hpp"
#include "server/shard_thread.hpp"

namespace warren::server {

using manage::Reason;
using manage::refused;

namespace {

constexpr int kJoinTimeout_ms = 10'000;
constexpr std::uint16_t kUsualPort = 25672;

manage::Failure failure(std::string sentence) {
  manage::Failure failure;
  failure.sentence = std::move(sentence);
  return failure;
}

std::string plain_name(const std::string& member) { return member.substr(0, member.rfind(':')); }

}  // namespace

Administrator::Administrator(const node::Settings& settings, std::string run_dir, const node::Identity& identity,
                             const std::vector<std::unique_ptr<ShardThread>>& threads, ClusterDriver& cluster,
                             ProcessDoor door)
    : settings_(settings),
      run_dir_(std::move(run_dir)),
      identity_(identity),
      threads_(threads),
      cluster_(cluster),
      door_(std::move(door)) {}

void Administrator::ask(manage::RegistrarRequest request, std::string user, Answer answer) {
  user_ = std::move(user);
  std::visit([&](auto& any) { on(any, answer); }, request);
}

const broker::Catalog& Administrator::catalog() const { return threads_.front()->shard().catalog(); }

const node::Registrar& Administrator::registrar() const { return *threads_.front()->shard().registrar(); }

bool Administrator::clustered() const { return catalog().node_count() > 1; }

bool Administrator::only_disc_of_many() const {
  std::size_t others = 0;
  catalog().for_each_node([&](const broker::NodeDefinition& node) {
    others += node.id != identity_.self && node.kind == broker::NodeKind::disc ? 1 : 0;
  });
  return clustered() && identity_.kind == broker::NodeKind::disc && others == 0;
}

const broker::NodeDefinition* Administrator::running_peer() const {
  const broker::NodeDefinition* peer = nullptr;
  catalog().for_each_node([&](const broker::NodeDefinition& node) {
    if (node.id != identity_.self && node.running && !registrar().detector().subjectively_down(node.id)) peer = &node;
  });
  return peer;
}

std::vector<manage::Value> Administrator::durable_queues_of(NodeId node) const {
  std::vector<manage::Value> queues;
  catalog().for_each_vhost([&](const broker::VhostDefinition& vhost) {
    catalog().for_each_queue(vhost.id, [&](const broker::QueueDefinition& queue) {
      if (queue.owner != node || !queue.survives_restart()) return;
      manage::Map map;
      map.set("vhost", vhost.name).set("name", queue.name);
      queues.emplace_back(std::move(map));
    });
  });
  return queues;
}

// ---- changes of the catalog ----

void Administrator::propose(broker::Command command, Answer answer) {
  const node::RequestNumber number = ++last_number_;
  requests_[number] = std::move(answer);
  threads_.front()->feed(node::ChangeRequest{number, user_, std::move(command)});
}

void Administrator::answered(std::vector<node::RequestAnswer>& answers) {
  for (node::RequestAnswer& answer : answers) {
    const auto found = requests_.find(answer.request);
    if (found == requests_.end()) continue;
    const Answer to = std::move(found->second);
    requests_.erase(found);
    if (answer.refusal)
      to(*std::move(answer.refusal));
    else
      to(Done{});
  }
}

void Administrator::on(manage::ProposeCommand& request, Answer& answer) {
  propose(std::move(request.command), std::move(answer));
}

void Administrator::on(manage::ForgetNode& request, Answer& answer) {
  if (request.offline && app_running()) return answer(refused(Reason::online_node_offline_flag));
  if (!request.offline && !app_running()) return answer(refused(Reason::offline_node_no_offline_flag));
  const broker::NodeDefinition* node = catalog().find_node(request.member);
  if (node == nullptr) return answer(refused(Reason::not_a_cluster_node));
  const bool last_of_all = identity_.kind == broker::NodeKind::disc && !registrar().majority_reachable();
  if (request.offline && !last_of_all) return answer(refused(Reason::removing_node_from_offline_node));
  if (!request.offline && node->id == identity_.self) return answer(refused(Reason::still_running, node->name));
  std::vector<manage::Value> queues = durable_queues_of(node->id);
  if (!queues.empty() && !request.accept_loss) return answer(manage::would_lose(node->name, std::move(queues)));
  const NodeId leaver = node->id;
  // By hand what a node does not do by itself: it goes on without the others, and then without this one for good.
  if (request.offline) threads_.front()->feed(node::GoAlone{});
  propose(broker::RemoveNode{leaver}, std::move(answer));
}

// ---- this node and its cluster ----

void Administrator::on(manage::JoinCluster& request, Answer& answer) {
  if (plain_name(request.member) == identity_.name) return answer(refused(Reason::with_itself, identity_.name));
  if (only_disc_of_many()) return answer(refused(Reason::clustering_only_disc_node));
  if (clustered() && catalog().find_node(plain_name(request.member)) != nullptr)
    return answer(std::string("The node is already a member of this cluster"));
  std::vector<manage::Value> queues = durable_queues_of(identity_.self);
  if (!queues.empty() && !request.accept_loss) return answer(manage::would_lose(identity_.name, std::move(queues)));
  const auto go = [this, request](Answer then) {
    leave(std::move(then), [this, request](Answer last) { join(request.member, request.kind, std::move(last)); });
  };
  if (!registrar().serves()) return go(std::move(answer));
  // As with RabbitMQ 3.13: stopped for it, and started again.
  serves_after_ = true;
  const Answer last = [this, answer](manage::RegistrarAnswer outcome) {
    if (!std::holds_alternative<Done>(outcome)) {
      serves_after_ = false;
      threads_.front()->feed(node::Serve{true});
    }
    answer(std::move(outcome));
  };
  serve(false, [go, last](const manage::RegistrarAnswer&) { go(last); });
}

void Administrator::on(manage::ChangeKind& request, Answer& answer) {
  if (registrar().serves()) return answer(refused(Reason::app_must_stop));
  if (!clustered()) return answer(refused(Reason::not_clustered));
  if (request.kind == identity_.kind) return answer(Done{});
  if (only_disc_of_many()) return answer(refused(Reason::resetting_only_disc_node));
  const broker::NodeDefinition* peer = running_peer();
  if (peer == nullptr) return answer(refused(Reason::no_online_cluster_nodes));
  std::vector<manage::Value> queues = durable_queues_of(identity_.self);
  if (!queues.empty() && !request.accept_loss) return answer(manage::would_lose(identity_.name, std::move(queues)));
  const std::string member = fmt::format("{}:{}", peer->name, peer->cluster_port);
  leave(std::move(answer), [this, member, kind = request.kind](Answer then) { join(member, kind, std::move(then)); });
}

void Administrator::on(manage::Reset& request, Answer& answer) {
  if (registrar().serves()) return answer(refused(Reason::app_must_stop));
  const auto fresh = [this](const Answer& then) { become(server::found(settings_), then); };
  std::vector<manage::Value> queues = request.force ? std::vector<manage::Value>{} : durable_queues_of(identity_.self);
  if (!queues.empty() && !request.accept_loss) return answer(manage::would_lose(identity_.name, std::move(queues)));
  if (request.force || !clustered()) return fresh(answer);
  if (only_disc_of_many()) return answer(refused(Reason::resetting_only_disc_node));
  leave(std::move(answer), fresh);
}

void Administrator::leave(Answer answer, std::function<void(Answer)> then) {
  if (!clustered()) return then(std::move(answer));
  const broker::NodeDefinition* peer = running_peer();
  if (peer == nullptr) return answer(refused(Reason::no_running_cluster_nodes));
  cluster_.links().ask(
      peer->host, peer->cluster_port, node::encode(node::LeaveQuestion{identity_.name, identity_.lineage}),
      kJoinTimeout_ms,
      [answer = std::move(answer), then = std::move(then), name = peer->name](bool ok, std::string text) {
        node::AskMessage message;
        const auto* reply = ok && node::decode(text, message) ? std::get_if<node::LeaveAnswer>(&message) : nullptr;
        if (reply == nullptr) return answer(refused(Reason::node_unreachable, name));
        if (!reply->refusal.empty()) return answer(failure(reply->refusal));
        then(answer);
      });
}

void Administrator::join(const std::string& member, broker::NodeKind kind, Answer answer) {
  const node::SeedAddress seed = node::read_seed(member);
  std::string host = seed.host.empty() ? node::host_of_node(member) : seed.host;
  std::uint16_t port = seed.port != 0 ? seed.port : kUsualPort;
  for (const RegisteredNode& node : registered_nodes(run_dir_))
    if (seed.port == 0 && node.name == member) host = node.host, port = node.port;
  const node::JoinQuestion question{identity_.name, kind, identity_.host, cluster_.port()};
  cluster_.links().ask(host, port, node::encode(question), kJoinTimeout_ms,
                       [this, answer = std::move(answer), member, kind](bool ok, std::string text) {
                         node::AskMessage message;
                         const auto* reply =
                             ok && node::decode(text, message) ? std::get_if<node::JoinAnswer>(&message) : nullptr;
                         if (!ok) {
                           manage::Failure unreachable = refused(Reason::node_unreachable, plain_name(member));
                           unreachable.sentence += text.empty() ? "" : ": " + text;
                           return answer(std::move(unreachable));
                         }
                         if (reply == nullptr) return answer(failure("the node gave an answer that makes no sense"));
                         if (!reply->refusal.empty()) return answer(failure(reply->refusal));
                         node::Identity identity;
                         identity.self = NodeId(reply->node);
                         identity.name = identity_.name;
                         identity.kind = kind;
                         identity.lineage = reply->lineage;
                         identity.cluster_port = cluster_.port();
                         identity.founder = false;
                         for (const node::NodeContact& contact : reply->nodes)
                           identity.contacts.push_back(contact.node);
                         become(std::move(identity), answer);
                       });
}

// The door for operators closes first: who has the answer knocks at the next one.
void Administrator::become(node::Identity identity, const Answer& answer) {
  identity.serves = serves_after_;
  identity.cluster_port = cluster_.port();
  write_identity(settings_.data_dir, {std::move(identity), true});
  door_.begin_again();
  answer(Done{});
}

// ---- serving ----

void Administrator::serve(bool on, Answer answer) {
  waiting_for_serving_.emplace_back(on, std::move(answer));
  threads_.front()->feed(node::Serve{on});
  serving(threads_.front()->shard().serving());
}

void Administrator::serving(bool on) {
  for (auto& [wanted, answer] : std::exchange(waiting_for_serving_, {}))
    if (wanted == on)
      answer(Done{});
    else
      waiting_for_serving_.emplace_back(wanted, std::move(answer));
}

void Administrator::on(manage::StartApp&, Answer& answer) { serve(true, std::move(answer)); }

void Administrator::on(manage::StopApp&, Answer& answer) { serve(false, std::move(answer)); }

void Administrator::on(manage::StopProcess&, Answer& answer) {
  answer(Done{});
  door_.stop();
}

void Administrator::on(manage::ForceBoot&, Answer& answer) {
  if (app_running()) return answer(refused(Reason::app_must_stop));
  threads_.front()->feed(node::GoAlone{});
  answer(Done{});
}

void Administrator::on(manage::Drain& request, Answer& answer) {
  if (!registrar().serves()) return answer(refused(Reason::app_must_run));
  propose(broker::SetDraining{identity_.self, request.on}, std::move(answer));
}

void Administrator::on(manage::SetSetting& request, Answer& answer) {
  const Result<Done, std::string> set = door_.set(request);
  if (set) return answer(Done{});
  answer(manage::Failure{set.error(), manage::kDataError, "bad_argument", {}});
}

}  // namespace warren::server
