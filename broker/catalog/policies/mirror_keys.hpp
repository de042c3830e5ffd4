// The keys of policies that ask for copies of queues (clustering.md 4.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "amqp/table.hpp"

namespace warren::broker {

inline constexpr std::string_view kMirrorModeKey = "ha-mode";
inline constexpr std::string_view kMirrorParamsKey = "ha-params";
inline constexpr std::string_view kPromoteOnShutdownKey = "ha-promote-on-shutdown";
inline constexpr std::string_view kPromoteOnFailureKey = "ha-promote-on-failure";

bool is_mirror_key(std::string_view key);
// Whether operators may set it.
bool is_mirror_key_of_operators(std::string_view key);

// What is wrong with them, in the words of the reference; nothing when none is there.
std::optional<std::string> mistake_in_mirror_keys(const amqp::Table& definition);

// Which of two values holds where users and operators set that key: more copies win, of all else what operators say.
const amqp::Value& merged_mirror_value(std::string_view key, const amqp::Value& user, const amqp::Value& operators);

}  // namespace warren::broker
