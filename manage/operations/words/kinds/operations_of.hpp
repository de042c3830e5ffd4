// The parts of the list of operations, one per kind.
#pragma once

#include <vector>

#include "manage/operations/words/operation.hpp"

namespace warren::manage {

std::vector<Operation> cluster_operations();
std::vector<Operation> health_operations();
std::vector<Operation> tenant_operations();
std::vector<Operation> policy_operations();
std::vector<Operation> mirror_operations();
std::vector<Operation> listing_operations();

}  // namespace warren::manage
