#include "broker/catalog/policies/policy.hpp"

#include <doctest/doctest.h>

namespace warren::broker {

TEST_CASE("what a policy is for has a word, and the word means it") {
  for (const ApplyTo each : {ApplyTo::all, ApplyTo::queues, ApplyTo::exchanges, ApplyTo::classic_queues,
                             ApplyTo::quorum_queues, ApplyTo::streams}) {
    ApplyTo read = ApplyTo::all;
    CHECK(read_apply_to(apply_to_word(each), read));
    CHECK(read == each);
  }
  ApplyTo untouched = ApplyTo::queues;
  CHECK_FALSE(read_apply_to("bogus", untouched));
  CHECK(untouched == ApplyTo::queues);
}

TEST_CASE("policies for quorum queues and streams are for none of the queues here") {
  CHECK(for_queues(ApplyTo::classic_queues));
  CHECK_FALSE(for_queues(ApplyTo::quorum_queues));
  CHECK_FALSE(for_queues(ApplyTo::streams));
  CHECK_FALSE(for_queues(ApplyTo::exchanges));
  CHECK(for_exchanges(ApplyTo::all));
  CHECK_FALSE(for_exchanges(ApplyTo::queues));
}

}  // namespace warren::broker
