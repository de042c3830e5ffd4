#include "broker/catalog/policies/mirror_keys.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "broker/catalog/policies/terms.hpp"

namespace warren::broker {
namespace {

using amqp::Value;
using Mistake = std::optional<std::string>;

constexpr std::string_view kSyncMode = "ha-sync-mode";
constexpr std::string_view kBatchSize = "ha-sync-batch-size";
// Those of operators come first.
constexpr std::array<std::string_view, 6> kMirrorKeys{kMirrorModeKey, kMirrorParamsKey,      kSyncMode,
                                                      kBatchSize,     kPromoteOnShutdownKey, kPromoteOnFailureKey};
constexpr std::size_t kKeysOfOperators = 3;

bool is_text(const Value* value, std::string_view text) {
  return value != nullptr && value->text() != nullptr && *value->text() == text;
}

bool is_positive(const Value* value) { return value != nullptr && amqp::as_integer(*value).value_or(0) > 0; }

Mistake mistake_in_nodes(const Value* params) {
  const auto* nodes = params == nullptr ? nullptr : params->get<amqp::Array>();
  if (nodes == nullptr) return "ha-mode=\"nodes\" takes a list, " + term_of(params) + " given";
  if (nodes->empty()) return "ha-mode=\"nodes\" list must be non-empty";
  amqp::Array others;
  std::ranges::copy_if(*nodes, std::back_inserter(others), [](const Value& node) { return node.text() == nullptr; });
  if (others.empty()) return {};
  return "ha-mode=\"nodes\" takes a list of strings, " + term_of(Value(std::move(others))) + " was not a string";
}

Mistake mistake_in_params(const Value& mode, const Value* params) {
  if (is_text(&mode, "all")) return params == nullptr ? Mistake() : Mistake("ha-mode=\"all\" does not take parameters");
  if (is_text(&mode, "nodes")) return mistake_in_nodes(params);
  if (!is_text(&mode, "exactly")) return term_of(mode) + " is not a valid ha-mode value";
  if (is_positive(params)) return {};
  return "ha-mode=\"exactly\" takes an integer, " + term_of(params) + " given";
}

Mistake mistake_in_choice(const amqp::Table& definition, std::string_view key, std::string_view a, std::string_view b) {
  const Value* value = definition.find(key);
  if (value == nullptr || is_text(value, a) || is_text(value, b)) return {};
  return std::string(key) + " must be \"" + std::string(a) + "\" or \"" + std::string(b) + "\", got " + term_of(*value);
}

// A mode that means more copies, as a rule, is above the others.
int rank(const Value& mode) { return is_text(&mode, "all") ? 3 : is_text(&mode, "exactly") ? 2 : 1; }

// Numbers are above lists.
std::pair<std::int64_t, std::size_t> size(const Value& params) {
  const auto* nodes = params.get<amqp::Array>();
  return {amqp::as_integer(params).value_or(-1), nodes == nullptr ? 0 : nodes->size()};
}

}  // namespace

bool is_mirror_key(std::string_view key) { return std::ranges::find(kMirrorKeys, key) != kMirrorKeys.end(); }

bool is_mirror_key_of_operators(std::string_view key) {
  return std::ranges::find(kMirrorKeys, key) < kMirrorKeys.begin() + kKeysOfOperators;
}

Mistake mistake_in_mirror_keys(const amqp::Table& definition) {
  if (std::ranges::none_of(definition.entries, [](const auto& entry) { return is_mirror_key(entry.first); })) return {};
  const Value* mode = definition.find(kMirrorModeKey);
  if (mode == nullptr) return "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown";
  if (Mistake mistake = mistake_in_params(*mode, definition.find(kMirrorParamsKey))) return mistake;
  if (Mistake mistake = mistake_in_choice(definition, kSyncMode, "manual", "automatic")) return mistake;
  const Value* batch = definition.find(kBatchSize);
  if (batch != nullptr && !is_positive(batch))
    return "ha-sync-batch-size takes an integer greater than 0, " + term_of(*batch) + " given";
  for (const std::string_view key : {kPromoteOnShutdownKey, kPromoteOnFailureKey})
    if (Mistake mistake = mistake_in_choice(definition, key, "always", "when-synced")) return mistake;
  return {};
}

const Value& merged_mirror_value(std::string_view key, const Value& user, const Value& operators) {
  const auto more = [](const auto& ours, const auto& theirs) { return ours > theirs; };
  if (key == kMirrorModeKey) return more(rank(user), rank(operators)) ? user : operators;
  if (key == kMirrorParamsKey) return more(size(user), size(operators)) ? user : operators;
  return operators;
}

}  // namespace warren::broker
