#include "manage/operations/facts/cluster_facts.hpp"

#include <fmt/core.h>

namespace warren::manage {
namespace {

constexpr const char* kProduct = "Warren";

Value value_of(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

Value value_of(const std::vector<Listener>& listeners, const std::string& node) {
  List list;
  for (const Listener& listener : listeners)
    list.emplace_back(Map{}
                          .add("node", node)
                          .add("protocol", listener.protocol)
                          .add("interface", listener.interface)
                          .add("port", listener.port)
                          .add("purpose", listener.purpose));
  return list;
}

Value versions(const std::string& version) {
  return Map{}.add("rabbitmq_name", kProduct).add("rabbitmq_version", version).add("erlang_version", Null{});
}

const char* maintenance(const MemberFacts& member) {
  if (!member.running) return "unknown";
  return member.draining ? "marked for maintenance" : "not under maintenance";
}

// The members of the cluster sorted into the lists that the reference has.
struct Sorted {
  List disc, ram, witnesses, running, alarms;
  Map versions, maintenance, partitions, listeners;

  void take(const MemberFacts& member) {
    (member.kind == "ram" ? ram : member.kind == "witness" ? witnesses : disc).emplace_back(member.name);
    if (member.running) running.emplace_back(member.name);
    if (!member.version.empty()) versions.add(member.name, manage::versions(member.version));
    maintenance.add(member.name, manage::maintenance(member));
    if (!member.cannot_see.empty()) partitions.add(member.name, value_of(member.cannot_see));
    if (!member.listeners.empty()) listeners.add(member.name, value_of(member.listeners, member.name));
    for (const std::string& alarm : member.alarms)
      alarms.emplace_back(Map{}.add("node", member.name).add("resource", alarm));
  }
};

}  // namespace

std::string alarm_sentence(std::string_view resource, std::string_view node) {
  return fmt::format("{} alarm on node {}", resource == "memory" ? "Memory" : "Free disk space", node);
}

Value value_of(const ClusterFacts& facts) {
  Sorted sorted;
  for (const MemberFacts& member : facts.members) sorted.take(member);
  return Map{}
      .add("cluster_name", facts.cluster_name)
      .add("disk_nodes", std::move(sorted.disc))
      .add("ram_nodes", std::move(sorted.ram))
      .add("witness_nodes", std::move(sorted.witnesses))
      .add("running_nodes", std::move(sorted.running))
      .add("versions", std::move(sorted.versions))
      .add("maintenance_status", std::move(sorted.maintenance))
      .add("alarms", std::move(sorted.alarms))
      .add("partitions", std::move(sorted.partitions))
      .add("listeners", std::move(sorted.listeners))
      .add("feature_flags", List{})
      .add("leader", facts.leader.empty() ? Value() : Value(facts.leader));
}

Value value_of(const NodeFacts& facts) {
  List alarms;
  for (const std::string& alarm : facts.alarms)
    alarms.emplace_back(Map{}.add("node", facts.node).add("resource", alarm));
  return Map{}
      .add("node", facts.node)
      .add("product_name", kProduct)
      .add("product_version", facts.version)
      .add("pid", facts.pid)
      .add("uptime", facts.uptime_s)
      .add("app_running", facts.app_running)
      .add("is_paused", facts.paused)
      .add("is_under_maintenance", facts.draining)
      .add("shards", facts.shards)
      .add("data_directory", facts.data_directory)
      .add("config_files", facts.config_file.empty() ? List{} : List{facts.config_file})
      .add("log_files", List{facts.log_file.empty() ? Value("<stdout>") : Value(facts.log_file)})
      .add("alarms", std::move(alarms))
      .add("memory", Map{}.add("total", facts.memory_used_bytes).add("rss", facts.memory_resident_bytes))
      .add("vm_memory_limit", facts.memory_limit_bytes)
      .add("disk_free", facts.disk_free_bytes)
      .add("disk_free_limit", facts.disk_free_limit_bytes)
      .add("file_descriptors",
           Map{}.add("total_used", facts.descriptors_used).add("total_limit", facts.descriptors_limit))
      .add("totals", Map{}
                         .add("connection_count", facts.connections)
                         .add("queue_count", facts.queues)
                         .add("virtual_host_count", facts.vhosts))
      .add("listeners", value_of(facts.listeners, facts.node));
}

}  // namespace warren::manage
