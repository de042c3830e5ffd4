// What operators want to know: of the cluster, of the node, of what every shard of every node has.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "node/cluster/ask/ask_messages.hpp"
#include "node/cluster/state/alarm_words.hpp"
#include "server/cluster/administrator.hpp"
#include "server/shard_thread.hpp"

namespace warren::server {
namespace {

constexpr int kRowsTimeout_ms = 5000;

}  // namespace

void Administrator::on(manage::ClusterFactsWanted&, Answer& answer) {
  manage::ClusterFacts facts;
  facts.cluster_name = catalog().cluster_name().empty() ? settings_.session.cluster_name : catalog().cluster_name();
  facts.node = identity_.name;
  if (const broker::NodeDefinition* leader = catalog().node(registrar().status().leader)) facts.leader = leader->name;
  catalog().for_each_node([&](const broker::NodeDefinition& node) {
    manage::MemberFacts member;
    member.name = node.name;
    member.kind = node::node_kind_text(node.kind);
    member.running = node.running;
    member.draining = node.draining;
    if (const node::NodeState* state = registrar().state_of(node.id)) {
      member.version = state->version;
      member.alarms = node::alarm_names(state->alarms);
      for (const node::ListenerTold& told : state->listeners)
        member.listeners.push_back({told.interface, told.port, told.protocol, told.purpose});
    }
    catalog().for_each_node([&](const broker::NodeDefinition& other) {
      if (other.id == node.id || !other.running || !node.running) return;
      const bool unseen = node.id == identity_.self
                              ? registrar().detector().subjectively_down(other.id)
                              : registrar().detector().sight(node.id, other.id) == cluster::Sight::down;
      if (unseen) member.cannot_see.push_back(other.name);
    });
    for (const NodeId parted : registrar().parted_from(node.id))
      if (const broker::NodeDefinition* other = catalog().node(parted); other != nullptr && node.running)
        if (std::ranges::find(member.cannot_see, other->name) == member.cannot_see.end())
          member.cannot_see.push_back(other->name);
    facts.members.push_back(std::move(member));
  });
  answer(std::move(facts));
}

void Administrator::on(manage::NodeFactsWanted&, Answer& answer) {
  manage::NodeFacts facts = door_.node_facts();
  const broker::NodeDefinition* self = catalog().node(identity_.self);
  facts.app_running = app_running();
  facts.paused = registrar().paused();
  facts.draining = self != nullptr && self->draining;
  facts.alarms = node::alarm_names(threads_.front()->shard().own_alarms());
  facts.queues = catalog().queue_count();
  catalog().for_each_vhost([&](const broker::VhostDefinition&) { ++facts.vhosts; });
  answer(std::move(facts));
}

bool Administrator::app_running() const {
  const broker::NodeDefinition* self = catalog().node(identity_.self);
  return threads_.front()->shard().registrar() != nullptr && !registrar().turns_away() && self != nullptr &&
         self->running && self->incarnation == identity_.incarnation;
}

// ---- rows ----

void Administrator::ask(const manage::ShardQuestion& question, FoundRows found) {
  const std::uint64_t number = ++last_number_;
  Gathering& gathering = gatherings_[number];
  gathering.found = std::move(found);
  std::vector<const broker::NodeDefinition*> others;
  catalog().for_each_node([&](const broker::NodeDefinition& node) {
    if (node.id != identity_.self && node.running && !registrar().detector().subjectively_down(node.id))
      others.push_back(&node);
  });
  gathering.missing = 1 + others.size();
  const std::string line = node::encode(node::RowsQuestion{manage::question_line(question)});
  const int timeout_ms = kRowsTimeout_ms + static_cast<int>(question.within_ms);
  for (const broker::NodeDefinition* node : others)
    cluster_.links().ask(node->host, node->cluster_port, line, timeout_ms, [this, number](bool ok, std::string text) {
      node::AskMessage message;
      const auto* answer = ok && node::decode(text, message) ? std::get_if<node::RowsAnswer>(&message) : nullptr;
      if (answer == nullptr) return gathered(number, {});
      Result<manage::Rows, std::string> rows = manage::read_rows(answer->rows);
      gathered(number, rows ? *std::move(rows) : manage::Rows{});
    });
  ask_here(question, [this, number](manage::Rows rows) { gathered(number, std::move(rows)); });
}

void Administrator::ask_here(const manage::ShardQuestion& question, FoundRows found) {
  const std::uint64_t number = ++last_number_;
  gatherings_[number] = {std::move(found), {}, threads_.size()};
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->give(node::Inquiry{number, question});
}

void Administrator::found(std::vector<node::Findings> findings) {
  for (node::Findings& one : findings) gathered(one.inquiry, std::move(one.rows));
}

void Administrator::gathered(std::uint64_t number, manage::Rows rows) {
  const auto at = gatherings_.find(number);
  if (at == gatherings_.end()) return;
  std::ranges::move(rows, std::back_inserter(at->second.rows));
  if (--at->second.missing > 0) return;
  Gathering done = std::move(at->second);
  gatherings_.erase(at);
  std::ranges::stable_sort(done.rows, {}, &manage::Row::order);
  done.found(std::move(done.rows));
}

bool Administrator::asked(std::uint64_t ask, const std::string& question) {
  node::AskMessage message;
  if (!node::decode(question, message)) return false;
  const auto* rows = std::get_if<node::RowsQuestion>(&message);
  if (rows == nullptr) return false;
  const Result<manage::ShardQuestion, std::string> wanted = manage::read_question(rows->line);
  if (!wanted) return cluster_.links().reply(ask, {}), true;
  ask_here(*wanted, [this, ask](const manage::Rows& found) {
    cluster_.links().reply(ask, node::encode(node::RowsAnswer{manage::rows_line(found)}));
  });
  return true;
}

}  // namespace warren::server
