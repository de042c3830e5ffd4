// Whether the node is well, and the limits beyond which it is not.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "manage/operations/desk/need.hpp"

namespace warren::manage {
namespace {

// The alarms of all nodes, or of the one that answers.
List alarms_in(const ClusterFacts& facts, bool local) {
  List alarms;
  for (const MemberFacts& member : facts.members)
    if (!local || member.name == facts.node)
      for (const std::string& resource : member.alarms) alarms.emplace_back(alarm_sentence(resource, member.name));
  return alarms;
}

std::string lines(const List& sentences) {
  std::string text;
  for (const Value& sentence : sentences) (text += text.empty() ? "" : "\n") += *sentence.get<std::string>();
  return text;
}

std::string no_alarms(const ClusterFacts& facts) {
  return fmt::format("Node {} reported no alarms, local or clusterwide", facts.node);
}

Answer list_alarms(const ClusterFacts& facts) {
  const List alarms = alarms_in(facts, false);
  return Value(alarms.empty() ? no_alarms(facts) : lines(alarms));
}

Answer check(List alarms, std::string when_none) {
  if (alarms.empty()) return Value(std::move(when_none));
  std::string text = lines(alarms);
  return Failure{std::move(text), kUnavailable, "alarms", std::move(alarms)};
}

Answer check_alarms(const ClusterFacts& facts) { return check(alarms_in(facts, false), no_alarms(facts)); }

Answer check_local_alarms(const ClusterFacts& facts) {
  return check(alarms_in(facts, true), fmt::format("Node {} reported no local alarms", facts.node));
}

Need facts_wanted(Answer (*read)(const ClusterFacts&)) { return NeedRegistrar{ClusterFactsWanted{}, {}, read}; }

// "0.4", or a word and an amount: each is a setting of the node.
Need set_limit(const Map& arguments, std::string_view alone, std::string_view word, std::string_view with_word) {
  const std::string_view limit = text_of(arguments, "limit");
  const Value* amount = arguments.find("amount");
  if (limit != word && amount != nullptr) return Answer(Failure{"too many arguments.", kUsage, "usage", {}});
  if (limit == word && amount == nullptr) return Answer(Failure{"not enough arguments.", kUsage, "usage", {}});
  const std::string_view value = amount == nullptr ? limit : text_of(arguments, "amount");
  return NeedRegistrar{SetSetting{std::string(amount == nullptr ? alone : with_word), std::string(value)}};
}

Need set_memory_watermark(const Map& arguments, const DeskFacts&) {
  return set_limit(arguments, "vm_memory_high_watermark.relative", "absolute", "vm_memory_high_watermark.absolute");
}

Need set_disk_free_limit(const Map& arguments, const DeskFacts&) {
  return set_limit(arguments, "disk_free_limit.absolute", "mem_relative", "disk_free_limit.relative");
}

constexpr std::array<Handler, 5> kHandlers{{
    {"alarms", [](const Map&, const DeskFacts&) { return facts_wanted(list_alarms); }},
    {"check_alarms", [](const Map&, const DeskFacts&) { return facts_wanted(check_alarms); }},
    {"check_local_alarms", [](const Map&, const DeskFacts&) { return facts_wanted(check_local_alarms); }},
    {"set_vm_memory_high_watermark", set_memory_watermark},
    {"set_disk_free_limit", set_disk_free_limit},
}};

}  // namespace

const Handler* health_handler(std::string_view operation) {
  const auto* found = std::ranges::find(kHandlers, operation, &Handler::operation);
  return found == kHandlers.end() ? nullptr : found;
}

}  // namespace warren::manage
