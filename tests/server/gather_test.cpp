#include "server/gather.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/rng.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::gather_test {

using broker::session::Output;
using server::Gather;

namespace {

// Everything, while the socket takes `take` bytes at a time.
std::string walked(const Output& out, std::size_t take) {
  Gather gather(out);
  std::string all;
  while (true) {
    const auto& buffers = gather.next();
    std::string given;
    for (const auto& buffer : buffers) given.append(static_cast<const char*>(buffer.data()), buffer.size());
    if (given.empty()) return all;
    const std::string taken = given.substr(0, take);
    all += taken;
    gather.advance(taken.size());
  }
}

broker::MessageRef message(std::string_view body) {
  broker::MessageDraft draft("", "key", std::string_view("\0\0", 2), body.size(), {});
  draft.append(body);
  return draft.finish();
}

}  // namespace

TEST_CASE("an empty output gives no buffers") {
  const Output out;
  CHECK(walked(out, 10).empty());
}

TEST_CASE("bytes and bodies come in order however little the socket takes") {
  Output out;
  out.bytes().append("one ");
  out.append_body(message("(a body)"), 0, 8);
  out.bytes().append(" two ");
  out.append_body(message("xx(another)"), 2, 9);
  for (std::size_t take = 1; take < 30; ++take) CHECK(walked(out, take) == "one (a body) two (another)");
}

TEST_CASE("bodies may stand next to each other and at either end") {
  Output out;
  out.append_body(message("a"), 0, 1);
  out.append_body(message("b"), 0, 1);
  out.bytes().append("-");
  out.append_body(message("c"), 0, 1);
  CHECK(walked(out, 2) == "ab-c");
}

TEST_CASE("an output of many pieces is given in several rounds") {
  Output out;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece = "<" + std::to_string(i) + ">";
    out.bytes().append("head ");
    out.append_body(message(piece), 0, static_cast<std::uint32_t>(piece.size()));
    expected += "head " + piece;
  }
  CHECK(Gather(out).next().size() <= 64);
  CHECK(walked(out, 1 << 20) == expected);
  CHECK(walked(out, 777) == expected);
}

}  // namespace warren::gather_test
