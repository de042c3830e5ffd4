#include "node/cluster/partition/handling.hpp"

#include <utility>

namespace warren::node {
namespace {

constexpr std::pair<std::string_view, PartitionMode> kModes[] = {
    {"auto", PartitionMode::automatic},
    {"ignore", PartitionMode::ignore},
    {"pause_minority", PartitionMode::pause_minority},
    {"pause_if_all_down", PartitionMode::pause_if_all_down},
    {"autoheal", PartitionMode::autoheal},
};

}  // namespace

std::string_view partition_mode_text(PartitionMode mode) {
  for (const auto& [text, known] : kModes)
    if (known == mode) return text;
  return {};
}

bool read_partition_mode(std::string_view text, PartitionMode& mode) {
  for (const auto& [known, value] : kModes)
    if (known == text) return mode = value, true;
  return false;
}

}  // namespace warren::node
