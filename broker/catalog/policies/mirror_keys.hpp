// The keys of policies that ask for copies of queues (clustering.md 4.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "amqp/table.hpp"

namespace warren::broker {

bool is_mirror_key(std::string_view key);
// Whether operators may set it.
bool is_mirror_key_of_operators(std::string_view key);

// What is wrong with them, in the words of the reference; nothing when none is there.
std::optional<std::string> mistake_in_mirror_keys(const amqp::Table& definition);

// Queues have no copies yet: a policy that wants some is refused for this, right or wrong.
std::optional<std::string> mirrors_are_not_built(const amqp::Table& definition);

}  // namespace warren::broker
