// What the operator wants done when nodes do not hear each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warren::node {

enum class PartitionMode : std::uint8_t { automatic, ignore, pause_minority, pause_if_all_down, autoheal };

struct PartitionHandling {
  PartitionMode mode = PartitionMode::automatic;
  std::vector<std::string> preferred = {};  // of pause_if_all_down: who hears one of these goes on
  bool recovers_by_healing = false;         // of pause_if_all_down, when both sides went on

  // A side without a majority goes on as a whole.
  bool any_side_goes_on() const { return mode == PartitionMode::ignore || mode == PartitionMode::autoheal; }
  // Sides that went on stay apart until somebody decides.
  bool sides_stay_apart() const { return any_side_goes_on() || mode == PartitionMode::pause_if_all_down; }
  bool heals() const {
    return mode == PartitionMode::autoheal || (mode == PartitionMode::pause_if_all_down && recovers_by_healing);
  }
};

// By their names in rabbitmq.conf.
std::string_view partition_mode_text(PartitionMode mode);
bool read_partition_mode(std::string_view text, PartitionMode& mode);

}  // namespace warren::node
