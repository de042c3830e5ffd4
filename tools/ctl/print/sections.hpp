// What cluster_status and status print for people: titled sections (clustering.md 2.11).
#pragma once

#include <string>

#include "manage/operations/words/value.hpp"

namespace warren::ctl {

std::string print_cluster_status(const manage::Map& facts);
std::string print_status(const manage::Map& facts);

}  // namespace warren::ctl
