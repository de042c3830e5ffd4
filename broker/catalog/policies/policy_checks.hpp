// What may stand in a policy, and the words of the refusal.
#pragma once

#include <optional>
#include <string>

#include "broker/catalog/policies/policy.hpp"
#include "broker/refusal.hpp"

namespace warren::broker {

// "Validation failed", an empty line, and what is wrong (amqp.md 5.2).
Refusal validation_failed(const std::string& what);

// The name, the pattern, and each key of the definition with its value.
std::optional<Refusal> check_policy(const PolicyDefinition& policy);

}  // namespace warren::broker
