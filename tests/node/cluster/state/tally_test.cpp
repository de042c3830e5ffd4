#include "node/cluster/state/tally.hpp"

#include <doctest/doctest.h>

namespace warren::tally_test {

using namespace warren::node;
using Counts = broker::session::VhostCounts;

TEST_CASE("connections are added up by vhost, and taken away again") {
  Counts sum{{VhostId(2), 3}};
  add_counts(sum, {{VhostId(1), 1}, {VhostId(2), 2}, {VhostId(3), 4}});
  CHECK(sum == Counts{{VhostId(1), 1}, {VhostId(2), 5}, {VhostId(3), 4}});
  subtract_counts(sum, {{VhostId(1), 5}, {VhostId(2), 2}, {VhostId(9), 1}});
  CHECK(sum == Counts{{VhostId(1), 0}, {VhostId(2), 3}, {VhostId(3), 4}});
}

}  // namespace warren::tally_test
