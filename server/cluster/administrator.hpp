// Carries out what operators want of this node and its cluster, on the thread of the registrar's shard.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "manage/operations/questions/registrar_request.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "node/settings/settings.hpp"
#include "node/shard_io.hpp"
#include "server/cluster/cluster_driver.hpp"

namespace warren::server {

// What the process around the shards does for an operator; called on the administrator's thread.
struct ProcessDoor {
  std::function<void()> stop;                     // as SIGTERM
  std::function<void()> begin_again;              // the identity on disk is another one now
  std::function<manage::NodeFacts()> node_facts;  // of the process; what the shard knows is added
  std::function<Result<Done, std::string>(const manage::SetSetting&)> set;
};

// Requires: what it is made of outlives it. Everything happens on the thread of the first shard; answers come there.
class Administrator {
 public:
  using Answer = std::function<void(manage::RegistrarAnswer)>;
  using FoundRows = std::function<void(manage::Rows)>;

  Administrator(const node::Settings& settings, std::string run_dir, const node::Identity& identity,
                const std::vector<std::unique_ptr<ShardThread>>& threads, ClusterDriver& cluster, ProcessDoor door);

  void ask(manage::RegistrarRequest request, std::string user, Answer answer);
  // Rows of every shard of every running node. A node that does not answer in time is left out.
  void ask(const manage::ShardQuestion& question, FoundRows found);
  // Of this node alone.
  void ask_here(const manage::ShardQuestion& question, FoundRows found);
  const broker::Catalog& catalog() const;
  bool app_running() const;

  // Effects of shards that are answers. For findings: of any shard, on its thread.
  void answered(std::vector<node::RequestAnswer>& answers);
  void serving(bool on);
  void found(std::vector<node::Findings> findings);
  // A question of another node's administrator. False: it is not for this desk.
  bool asked(std::uint64_t ask, const std::string& question);

 private:
  struct Gathering {
    FoundRows found;
    manage::Rows rows;
    std::size_t missing = 0;
  };

  void on(manage::ProposeCommand& request, Answer& answer);
  void on(manage::JoinCluster& request, Answer& answer);
  void on(manage::Reset& request, Answer& answer);
  void on(manage::ForgetNode& request, Answer& answer);
  void on(manage::ChangeKind& request, Answer& answer);
  void on(manage::StartApp& request, Answer& answer);
  void on(manage::StopApp& request, Answer& answer);
  void on(manage::StopProcess& request, Answer& answer);
  void on(manage::ForceBoot& request, Answer& answer);
  void on(manage::Drain& request, Answer& answer);
  void on(manage::SetSetting& request, Answer& answer);
  void on(manage::ClusterFactsWanted& request, Answer& answer);
  void on(manage::NodeFactsWanted& request, Answer& answer);

  const node::Registrar& registrar() const;
  bool clustered() const;
  bool only_disc_of_many() const;
  // A running member other than this node; null: none.
  const broker::NodeDefinition* running_peer() const;
  std::vector<manage::Value> durable_queues_of(NodeId node) const;
  void propose(broker::Command command, Answer answer);
  void serve(bool on, Answer answer);
  // Says goodbye to the cluster, if there is one, and then goes on.
  void leave(Answer answer, std::function<void(Answer)> then);
  void join(const std::string& member, broker::NodeKind kind, Answer answer);
  void become(node::Identity identity, const Answer& answer);
  void gathered(std::uint64_t number, manage::Rows rows);

  const node::Settings& settings_;
  const std::string run_dir_;
  const node::Identity identity_;
  const std::vector<std::unique_ptr<ShardThread>>& threads_;
  ClusterDriver& cluster_;
  ProcessDoor door_;
  std::uint64_t last_number_ = 0;
  std::map<node::RequestNumber, Answer> requests_;
  std::map<std::uint64_t, Gathering> gatherings_;
  std::vector<std::pair<bool, Answer>> waiting_for_serving_;
  std::string user_;           // of the request in hand
  bool serves_after_ = false;  // once this node has become another one
};

}  // namespace warren::server
