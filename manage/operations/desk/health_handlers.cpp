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

Answer list_alarms(const ClusterFacts& facts, const Map&) {
  const List alarms = alarms_in(facts, false);
  return Value(alarms.empty() ? no_alarms(facts) : lines(alarms));
}

Answer check(List alarms, std::string when_none) {
  if (alarms.empty()) return Value(std::move(when_none));
  std::string text = lines(alarms);
  return Failure{std::move(text), kUnavailable, "alarms", std::move(alarms)};
}

Answer check_alarms(const ClusterFacts& facts, const Map&) { return check(alarms_in(facts, false), no_alarms(facts)); }

Answer check_local_alarms(const ClusterFacts& facts, const Map&) {
  return check(alarms_in(facts, true), fmt::format("Node {} reported no local alarms", facts.node));
}

using Read = Answer (*)(const ClusterFacts& facts, const Map& arguments);

template <Read kRead>
Need facts_wanted(const Map& arguments, const DeskFacts&) {
  return NeedRegistrar{ClusterFactsWanted{}, {}, kRead, arguments};
}

// ---- listeners ----

const std::vector<Listener>& listeners_of_answerer(const ClusterFacts& facts) {
  static const std::vector<Listener> kNone;
  const auto self = std::ranges::find(facts.members, facts.node, &MemberFacts::name);
  return self == facts.members.end() ? kNone : self->listeners;
}

Answer list_listeners(const ClusterFacts& facts, const Map&) {
  std::string text;
  for (const Listener& one : listeners_of_answerer(facts))
    text += fmt::format("{}Interface: {}, port: {}, protocol: {}, purpose: {}", text.empty() ? "" : "\n", one.interface,
                        one.port, one.protocol, one.purpose);
  return Value(std::move(text));
}

// `word`: what is asked for; `told`: what a listener says of it.
template <class Told>
Answer check_listener(const ClusterFacts& facts, std::string_view kind, std::string_view wanted, const Told& told) {
  std::string found;
  for (const Listener& one : listeners_of_answerer(facts)) {
    const std::string said = told(one);
    if (said == wanted)
      return Value(fmt::format("A listener for {} {} is running on node {}.", kind, wanted, facts.node));
    (found += found.empty() ? "" : ", ") += said;
  }
  const std::string_view others = kind == "port" ? "that use the following ports" : "for the following protocols";
  return Failure{fmt::format("No listener for {} {} is active on node {}. Found listeners {}: {}", kind, wanted,
                             facts.node, others, found),
                 kUnavailable,
                 "no_listener",
                 {}};
}

Answer check_port_listener(const ClusterFacts& facts, const Map& arguments) {
  return check_listener(facts, "port", text_of(arguments, "port"),
                        [](const Listener& one) { return fmt::format("{}", one.port); });
}

Answer check_protocol_listener(const ClusterFacts& facts, const Map& arguments) {
  return check_listener(facts, "protocol", text_of(arguments, "protocol"),
                        [](const Listener& one) { return one.protocol; });
}

// ---- the broker ----

std::string state_of_broker(const DeskFacts& facts) {
  const std::string_view state = facts.app_running ? "fully booted and running"
                                                   : "not running or has not fully booted yet (check with is_running)";
  return fmt::format("RabbitMQ on node {} is {}", facts.node, state);
}

Need check_running(const Map&, const DeskFacts& facts) {
  if (facts.app_running) return Answer(Value(state_of_broker(facts)));
  return Answer(Failure{state_of_broker(facts), kUnavailable, "app_not_running", {}});
}

Need is_running(const Map&, const DeskFacts& facts) { return Answer(Value(state_of_broker(facts))); }

// ---- limits ----

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

constexpr std::array<Handler, 10> kHealthHandlers{{
    {"alarms", facts_wanted<list_alarms>},
    {"check_alarms", facts_wanted<check_alarms>},
    {"check_local_alarms", facts_wanted<check_local_alarms>},
    {"check_running", check_running},
    {"is_running", is_running},
    {"listeners", facts_wanted<list_listeners>},
    {"check_port_listener", facts_wanted<check_port_listener>},
    {"check_protocol_listener", facts_wanted<check_protocol_listener>},
    {"set_vm_memory_high_watermark", set_memory_watermark},
    {"set_disk_free_limit", set_disk_free_limit},
}};

}  // namespace

const Handler* health_handler(std::string_view operation) { return handler_among(kHealthHandlers, operation); }

}  // namespace warren::manage
