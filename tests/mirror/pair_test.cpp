#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/mirror/pair.hpp"

namespace warren::mirror::testing {
namespace {

// One deed at random.
void act(Pair& pair, Rng& rng, std::uint64_t& sequence) {
  switch (rng.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      ++sequence;
      return pair.publish("m" + std::to_string(sequence), sequence, rng.below(4) != 0,
                          static_cast<std::uint8_t>(rng.below(4)));
    case 4: return pair.get(true);
    case 5: return pair.get(false);
    case 6: return rng.below(4) == 0 ? pair.settle_all() : pair.get(true);
    case 7: return pair.page_out_owner();
    case 8: return pair.page_out_copy();
    case 9: return pair.journal_goes_on();
    case 10:
      while (rng.below(4) != 0 && pair.carry_to_copy()) {}
      return;
    default:
      while (rng.below(4) != 0 && pair.carry_to_owner()) {}
  }
}

}  // namespace

TEST_CASE("whatever happens, a copy that is whole holds just what its queue holds") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Pair pair(rng.below(2) == 0);
    std::uint64_t sequence = 0;
    for (int step = 0; step < 150; ++step) {
      act(pair, rng, sequence);
      if (rng.below(60) == 0) pair.lose_mail();
    }
    pair.journal_goes_on();
    pair.end_batch();
    pair.carry_all();
    REQUIRE(pair.same());
    REQUIRE(pair.shipping.followers().front().state == Follower::State::whole);
    CHECK_FALSE(pair.shipping.waits());
  }
}

TEST_CASE("what was confirmed and not taken is in the copy that becomes the queue") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Pair pair;
    std::uint64_t sequence = 0;
    std::set<std::string> confirmed;
    const int steps = static_cast<int>(20 + rng.below(150));
    for (int step = 0; step < steps; ++step) {
      // Nothing is taken: all that was confirmed must be there.
      switch (rng.below(6)) {
        case 0: pair.page_out_copy(); break;
        case 1: pair.journal_goes_on(); break;
        case 2: pair.carry_to_copy(); break;
        case 3: pair.carry_to_owner(); break;
        case 4:
          if (rng.below(20) == 0) pair.lose_mail();
          break;
        default: ++sequence; pair.publish("m" + std::to_string(sequence), sequence, rng.below(2) == 0);
      }
      pair.end_batch();
      for (const std::uint64_t one : pair.confirmed()) confirmed.insert("m" + std::to_string(one));
    }
    const std::vector<std::string> there = pair.promote();
    for (const std::string& key : confirmed) {
      CAPTURE(key);
      CHECK(std::ranges::find(there, key) != there.end());
    }
    if (seed == 1) CHECK_FALSE(confirmed.empty());
  }
}

}  // namespace warren::mirror::testing
