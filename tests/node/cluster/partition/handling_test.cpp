#include "node/cluster/partition/handling.hpp"

#include <doctest/doctest.h>

namespace warren::handling_test {

using namespace warren::node;

TEST_CASE("modes are called as in rabbitmq.conf, and what else is written is none") {
  for (const char* text : {"auto", "ignore", "pause_minority", "pause_if_all_down", "autoheal"}) {
    PartitionMode mode = PartitionMode::automatic;
    CHECK(read_partition_mode(text, mode));
    CHECK(partition_mode_text(mode) == text);
  }
  PartitionMode mode = PartitionMode::ignore;
  CHECK_FALSE(read_partition_mode("autohea", mode));
  CHECK_FALSE(read_partition_mode("", mode));
  CHECK(mode == PartitionMode::ignore);
}

TEST_CASE("pause_if_all_down heals only when it was told to, and no side of it goes on as a whole") {
  PartitionHandling handling{PartitionMode::pause_if_all_down, {"a@h"}, false};
  CHECK_FALSE(handling.heals());
  CHECK_FALSE(handling.any_side_goes_on());
  CHECK(handling.sides_stay_apart());
  handling.recovers_by_healing = true;
  CHECK(handling.heals());
  CHECK_FALSE(PartitionHandling{PartitionMode::ignore, {}, true}.heals());
  CHECK_FALSE(PartitionHandling{PartitionMode::pause_minority}.sides_stay_apart());
}

}  // namespace warren::handling_test
