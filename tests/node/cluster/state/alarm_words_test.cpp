#include "node/cluster/state/alarm_words.hpp"

#include <doctest/doctest.h>

#include "broker/session/context.hpp"

namespace warren::alarm_words_test {

using namespace warren::node;
using warren::broker::session::kDiskAlarm;
using warren::broker::session::kMemoryAlarm;
using Lines = std::vector<std::string>;

TEST_CASE("alarms have names") {
  CHECK(alarm_names(0).empty());
  CHECK(alarm_names(kMemoryAlarm | kDiskAlarm) == Lines{"memory", "disk"});
}

TEST_CASE("what is new of a node's alarms is told, and what is not is not") {
  CHECK(alarm_news("c@h", 0, kMemoryAlarm).empty());
  CHECK(alarm_news("c@h", kMemoryAlarm, kMemoryAlarm | kDiskAlarm) ==
        Lines{"memory resource limit alarm set on node c@h: publishers are blocked until it clears"});
  CHECK(alarm_news("c@h", kMemoryAlarm | kDiskAlarm, kDiskAlarm) ==
        Lines{"memory resource limit alarm cleared on node c@h",
              "disk resource limit alarm set on node c@h: publishers are blocked until it clears"});
}

TEST_CASE("an alarm that no node has any more is told to be over") {
  CHECK(all_clear_news(kMemoryAlarm | kDiskAlarm, kDiskAlarm) ==
        Lines{"memory resource limit alarm cleared across the cluster"});
  CHECK(all_clear_news(0, kDiskAlarm).empty());
}

}  // namespace warren::alarm_words_test
