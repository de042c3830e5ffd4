#include "node/cluster/envelope.hpp"

#include <doctest/doctest.h>

namespace warren::envelope_test {

using namespace warren::node;

TEST_CASE("an envelope comes back as it was sent") {
  const Envelope sent{NodeId(3), 99, 7, true, "guest", std::string("com\0mand", 8)};
  Envelope back;
  REQUIRE(decode(encode(sent), back));
  CHECK(back.proposer == NodeId(3));
  CHECK(back.incarnation == 99);
  CHECK(back.ticket == 7);
  CHECK(back.passing);
  CHECK(back.user == "guest");
  CHECK(back.command == sent.command);
}

TEST_CASE("what has no proposer, no ticket or no form is no envelope") {
  Envelope back;
  CHECK_FALSE(decode("", back));
  CHECK_FALSE(decode("x", back));
  CHECK_FALSE(decode(encode(Envelope{NodeId(1), 1, 0, false, {}, "c"}), back));
  const std::string bytes = encode(Envelope{NodeId(1), 1, 1, false, {}, "c"});
  for (std::size_t size = 0; size < bytes.size(); ++size) (void)decode(std::string_view(bytes).substr(0, size), back);
}

}  // namespace warren::envelope_test
