#include "broker/catalog/policies/merge.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/catalog/policies/mirror_keys.hpp"

namespace warren::broker {
namespace {

using amqp::Value;

// Without end when negative: then the larger counts, which is the one that has an end.
constexpr std::string_view kDeliveryLimit = "delivery-limit";

Value merged(std::string_view key, const Value& user, const Value& operators) {
  if (is_mirror_key(key)) return merged_mirror_value(key, user, operators);
  const std::optional<std::int64_t> ours = amqp::as_integer(user);
  const std::optional<std::int64_t> theirs = amqp::as_integer(operators);
  if (!ours || !theirs || key == "queue-version") return operators;
  if (key == kDeliveryLimit && (*ours < 0 || *theirs < 0)) return Value(std::max(*ours, *theirs));
  return Value(std::min(*ours, *theirs));
}

}  // namespace

amqp::Table merge_policies(const amqp::Table& user, const amqp::Table& operators) {
  amqp::Table all = user;
  for (const auto& [key, value] : operators.entries) {
    const Value* ours = user.find(key);
    all.set(key, ours == nullptr ? value : merged(key, *ours, value));
  }
  all.sort_and_dedupe();
  return all;
}

}  // namespace warren::broker
