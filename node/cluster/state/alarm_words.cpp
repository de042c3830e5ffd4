#include "node/cluster/state/alarm_words.hpp"

#include <fmt/core.h>

#include <array>

#include "broker/session/context.hpp"

namespace warren::node {
namespace {

struct Words {
  std::uint8_t alarm;
  std::string_view name;
};
constexpr std::array<Words, 2> kWords{
    {{broker::session::kMemoryAlarm, "memory"}, {broker::session::kDiskAlarm, "disk"}}};

}  // namespace

std::vector<std::string> alarm_names(std::uint8_t alarms) {
  std::vector<std::string> names;
  for (const Words& words : kWords)
    if ((alarms & words.alarm) != 0) names.emplace_back(words.name);
  return names;
}

std::vector<std::string> alarm_news(std::string_view node, std::uint8_t changed, std::uint8_t alarms) {
  std::vector<std::string> lines;
  for (const Words& words : kWords)
    if ((changed & alarms & words.alarm) != 0)
      lines.push_back(fmt::format("{} resource limit alarm set on node {}: publishers are blocked until it clears",
                                  words.name, node));
    else if ((changed & words.alarm) != 0)
      lines.push_back(fmt::format("{} resource limit alarm cleared on node {}", words.name, node));
  return lines;
}

std::vector<std::string> all_clear_news(std::uint8_t before, std::uint8_t now) {
  std::vector<std::string> lines;
  for (const std::string& name : alarm_names(before & ~now))
    lines.push_back(fmt::format("{} resource limit alarm cleared across the cluster", name));
  return lines;
}

}  // namespace warren::node
