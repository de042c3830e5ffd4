#include "tools/ctl/print/sections.hpp"

#include <fmt/core.h>

#include <vector>

#include "manage/operations/facts/cluster_facts.hpp"
#include "tools/ctl/print/cells.hpp"

namespace warren::ctl {
namespace {

using manage::List;
using manage::list_of;
using manage::Map;
using manage::map_of;
using manage::text_of;
using manage::Value;
using Lines = std::vector<std::string>;

// Titled blocks with an empty line between all of them.
class Sections {
 public:
  void add(std::string_view title, const Lines& lines) {
    if (!text_.empty()) text_ += '\n';
    text_ += fmt::format("{}\n\n", title);
    for (const std::string& line : lines) (text_ += line) += '\n';
  }
  void add_or_none(std::string_view title, const Lines& lines) { add(title, lines.empty() ? Lines{"(none)"} : lines); }

  std::string text() { return std::move(text_); }

 private:
  std::string text_;
};

std::string cell_of(const Map& map, std::string_view name) {
  const Value* value = map.find(name);
  return value == nullptr ? std::string() : cell(*value);
}

Lines texts(const List& list) {
  Lines lines;
  for (const Value& value : list) lines.push_back(cell(value));
  return lines;
}

Lines alarms(const Map& facts) {
  Lines lines;
  for (const Value& alarm : list_of(facts, "alarms"))
    if (const Map* map = alarm.get<Map>())
      lines.push_back(manage::alarm_sentence(text_of(*map, "resource"), text_of(*map, "node")));
  return lines;
}

Lines versions(const Map& versions_of_nodes) {
  Lines lines;
  for (const auto& [node, value] : versions_of_nodes.entries)
    if (const Map* map = value.get<Map>())
      lines.push_back(
          fmt::format("{}: {} {}", node, text_of(*map, "rabbitmq_name"), text_of(*map, "rabbitmq_version")));
  return lines;
}

Lines partitions(const Map& unseen_by_node) {
  Lines lines;
  for (const auto& [node, value] : unseen_by_node.entries) {
    std::string unseen;
    if (const List* list = value.get<List>())
      for (const Value& other : *list) (unseen += unseen.empty() ? "" : ", ") += cell(other);
    lines.push_back(fmt::format("Node {} cannot communicate with {}", node, unseen));
  }
  return lines;
}

std::string listener(const Map& map) {
  return fmt::format("interface: {}, port: {}, protocol: {}, purpose: {}", text_of(map, "interface"),
                     cell_of(map, "port"), text_of(map, "protocol"), text_of(map, "purpose"));
}

Lines cluster_listeners(const Map& listeners_of_nodes) {
  Lines lines;
  for (const auto& [node, value] : listeners_of_nodes.entries)
    if (const List* list = value.get<List>())
      for (const Value& one : *list)
        if (const Map* map = one.get<Map>()) lines.push_back(fmt::format("Node: {}, {}", node, listener(*map)));
  return lines;
}

Lines maintenance(const Map& status_of_nodes) {
  Lines lines;
  for (const auto& [node, status] : status_of_nodes.entries)
    lines.push_back(fmt::format("Node: {}, status: {}", node, cell(status)));
  return lines;
}

std::int64_t number_of(const Map& map, std::string_view name) {
  const Value* value = map.find(name);
  const auto* number = value == nullptr ? nullptr : value->get<std::int64_t>();
  return number == nullptr ? 0 : *number;
}

std::string gigabytes(std::int64_t bytes) { return fmt::format("{:.4f} gb", static_cast<double>(bytes) / 1e9); }

Lines runtime(const Map& facts) {
  return {fmt::format("OS PID: {}", number_of(facts, "pid")),
          fmt::format("Uptime (seconds): {}", number_of(facts, "uptime")),
          fmt::format("Is under maintenance?: {}", cell_of(facts, "is_under_maintenance")),
          fmt::format("Is the broker running?: {}", cell_of(facts, "app_running")),
          fmt::format("Is paused by a partition?: {}", cell_of(facts, "is_paused")),
          fmt::format("Warren version: {}", text_of(facts, "product_version")),
          fmt::format("Shards: {}", number_of(facts, "shards"))};
}

Lines memory(const Map& facts) {
  const Map& used = map_of(facts, "memory");
  return {fmt::format("Total memory used: {}", gigabytes(number_of(used, "total"))),
          fmt::format("Resident set size: {}", gigabytes(number_of(used, "rss"))),
          fmt::format("Memory high watermark: {}", gigabytes(number_of(facts, "vm_memory_limit")))};
}

Lines totals(const Map& facts) {
  const Map& counts = map_of(facts, "totals");
  return {fmt::format("Connection count: {}", number_of(counts, "connection_count")),
          fmt::format("Queue count: {}", number_of(counts, "queue_count")),
          fmt::format("Virtual host count: {}", number_of(counts, "virtual_host_count"))};
}

}  // namespace

std::string print_cluster_status(const Map& facts) {
  Sections sections;
  Lines basics{fmt::format("Cluster name: {}", text_of(facts, "cluster_name"))};
  const std::string_view leader = text_of(facts, "leader");
  basics.push_back(fmt::format("Leader: {}", leader.empty() ? "(none)" : leader));
  sections.add("Basics", basics);
  sections.add("Disk Nodes", texts(list_of(facts, "disk_nodes")));
  if (const List& ram = list_of(facts, "ram_nodes"); !ram.empty()) sections.add("RAM Nodes", texts(ram));
  if (const List& held = list_of(facts, "witness_nodes"); !held.empty()) sections.add("Witness Nodes", texts(held));
  sections.add("Running Nodes", texts(list_of(facts, "running_nodes")));
  sections.add("Versions", versions(map_of(facts, "versions")));
  sections.add("Maintenance status", maintenance(map_of(facts, "maintenance_status")));
  sections.add_or_none("Alarms", alarms(facts));
  sections.add_or_none("Network Partitions", partitions(map_of(facts, "partitions")));
  sections.add_or_none("Listeners", cluster_listeners(map_of(facts, "listeners")));
  return sections.text();
}

std::string print_status(const Map& facts) {
  Sections sections;
  sections.add("Runtime", runtime(facts));
  sections.add("Data directory", {fmt::format("Node data directory: {}", text_of(facts, "data_directory"))});
  sections.add_or_none("Config files", texts(list_of(facts, "config_files")));
  sections.add_or_none("Log file(s)", texts(list_of(facts, "log_files")));
  sections.add_or_none("Alarms", alarms(facts));
  sections.add("Memory", memory(facts));
  const Map& descriptors = map_of(facts, "file_descriptors");
  sections.add("File Descriptors", {fmt::format("Total: {}, limit: {}", number_of(descriptors, "total_used"),
                                                number_of(descriptors, "total_limit"))});
  sections.add("Free Disk Space",
               {fmt::format("Low free disk space watermark: {}", gigabytes(number_of(facts, "disk_free_limit"))),
                fmt::format("Free disk space: {}", gigabytes(number_of(facts, "disk_free")))});
  sections.add("Totals", totals(facts));
  Lines listeners;
  for (const Value& one : list_of(facts, "listeners"))
    if (const Map* map = one.get<Map>()) {
      std::string line = listener(*map);
      line.front() = 'I';
      listeners.push_back(std::move(line));
    }
  sections.add_or_none("Listeners", listeners);
  return sections.text();
}

}  // namespace warren::ctl
