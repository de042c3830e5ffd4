// The course of one simulation: set the stage, let faults reign, heal, drain, clear up, judge.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/rng.hpp"
#include "tests/sim/checks/checks.hpp"
#include "tests/sim/client/admin.hpp"
#include "tests/sim/client/client.hpp"
#include "tests/sim/workloads/mix.hpp"
#include "tests/sim/workloads/topology.hpp"
#include "tests/sim/world/world.hpp"

namespace warren::sim {

class Stage {
 public:
  Stage(Scene& scene, std::uint64_t seed, const Mix& mix);

  // Ends with the first violation.
  void play();
  std::uint64_t events() const { return events_; }

 private:
  static NetworkSettings rough(const Mix& mix, Rng& rng);
  static StoragePlan plan_storage(const Mix& mix, Rng& rng);
  static DiskSettings bad_disk(DiskSettings disk, Rng& rng);
  ClientPlan plan_client(std::uint32_t number);
  void set();
  std::vector<amqp::Method> declarations(bool again) const;
  void keep_node();
  void check_definitions();
  void harm_node();
  void fill_disk();
  void check_settled_lastingly();
  void suffer();
  void heal();
  void drain();
  void clear();
  bool drained();
  std::vector<QueueIndex> lonely() const;
  void check_empty();
  void check_disk();

  // Lets events happen until the time has come. False: a check has failed.
  bool run_until(Micros end);
  // The same until the condition holds; it is looked at now and then. Failing to hold in time is a violation.
  template <class Condition>
  bool run_while_not(Condition&& holds, std::string_view what);

  Scene& scene_;
  const Mix& mix_;
  Rng rng_;
  Topology topology_;
  Checks checks_;
  World world_;
  Admin admin_;
  std::uint64_t crashes_seen_ = 0;
  std::uint64_t starts_seen_ = 1;
  bool restoring_ = false;  // the node has crashed, and the admin has not declared everything again
  std::vector<std::unique_ptr<Client>> clients_;
  std::uint64_t events_ = 0;
};

}  // namespace warren::sim
