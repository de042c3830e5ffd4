// Nodes whose links are inside TLS, and those who do not fit to them.
#include <doctest/doctest.h>

#include "server/link/links.hpp"
#include "tests/server/link/certificates.hpp"
#include "tests/server/link/link_world.hpp"

namespace warren::links_tls_test {

using namespace warren::server;
using namespace warren::server::testing;

namespace {

constexpr NodeId kDialling(1);
constexpr NodeId kDialled(2);

struct TlsWorld : World {
  PemFolder folder;
  Authority authority{folder, "ca"};
  std::shared_ptr<const TlsContext> certificate(const std::string& name) { return context_of(authority.node(name)); }
};

}  // namespace

TEST_CASE("inside TLS mail is what it is in the clear: whole, in order, over breaking connections") {
  TlsWorld world;
  Node one(world, kDialling, 1, "secret", 0, world.certificate("one"));
  Node two(world, kDialled, 1, "secret", 0, world.certificate("two"));
  introduce({&one, &two});
  REQUIRE(connected(one, two));
  std::uint64_t sent = 0;
  for (int i = 0; i < 20; ++i) {
    one.send(kDialled, sent + 1, sent + 500);
    two.send(kDialling, sent + 1, sent + 500);
    sent += 500;
    if (i % 5 == 4) one.links->break_connections();
    CHECK(world.until([&] { return two.heard_all(kDialling, sent - 300); }));
  }
  CHECK(world.until([&] { return two.heard_all(kDialling, sent) && one.heard_all(kDialled, sent); }));
  CHECK(one.in_order(kDialled));
  CHECK(two.in_order(kDialling));
  CHECK(one.lost.empty());
  CHECK(two.lost.empty());
}

TEST_CASE("inside TLS a long question is answered with a long answer") {
  TlsWorld world;
  Node one(world, kDialling, 1, "secret", 0, world.certificate("one"));
  Node two(world, kDialled, 1, "secret", 0, world.certificate("two"));
  std::string heard;
  const std::string question(3 << 20, 'q');
  one.links->ask("127.0.0.1", two.links->port(), question, 20'000,
                 [&](bool ok, const std::string& words) { heard = ok ? words : "refused: " + words; });
  REQUIRE(world.until([&] { return !two.asked.empty(); }));
  CHECK(two.asked.front().second == question);
  two.links->reply(two.asked.front().first, std::string(2 << 20, 'a'));
  CHECK(world.until([&] { return !heard.empty(); }));
  CHECK(heard == std::string(2 << 20, 'a'));
}

TEST_CASE("a node without TLS and one with it do not talk, and both say why, whoever connects") {
  TlsWorld world;
  const auto certificate = world.certificate("one");
  for (const bool connector_speaks : {true, false}) {
    CAPTURE(connector_speaks);
    Node one(world, kDialling, 1, "secret", 0, connector_speaks ? certificate : nullptr);
    Node two(world, kDialled, 1, "secret", 0, connector_speaks ? nullptr : certificate);
    introduce({&one, &two});
    Node& tls = connector_speaks ? one : two;
    Node& plain = connector_speaks ? two : one;
    CHECK(world.until([&] {
      return tls.logged("it speaks no TLS, which this node expects") &&
             plain.logged("it expects TLS, which this node does not speak");
    }));
    CHECK(one.control.empty());
    CHECK(two.control.empty());
  }
}

TEST_CASE("a certificate that nobody here signed for keeps a node out, and both say why") {
  TlsWorld world;
  const Authority stranger(world.folder, "stranger");
  const auto theirs = context_of(stranger.node("one", Authority::kYear_s, &world.authority));
  Node one(world, kDialling, 1, "secret", 0, theirs);
  Node two(world, kDialled, 1, "secret", 0, world.certificate("two"));
  introduce({&one, &two});
  CHECK(world.until([&] {
    return one.logged("it does not go on with TLS: tlsv1 alert unknown ca") &&
           two.logged("was turned away at the cluster's port: its certificate is not believed");
  }));
  CHECK(two.control.empty());
}

TEST_CASE("a certificate does not stand in for the secret") {
  TlsWorld world;
  Node one(world, kDialling, 1, "secret", 0, world.certificate("one"));
  Node two(world, kDialled, 1, "another", 0, world.certificate("two"));
  introduce({&one, &two});
  CHECK(world.until(
      [&] { return one.logged("the cluster secret differs") && two.logged("the cluster secret differs"); }));
  CHECK(two.control.empty());
}

}  // namespace warren::links_tls_test
