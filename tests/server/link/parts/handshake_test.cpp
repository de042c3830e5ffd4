#include "server/link/parts/handshake.hpp"

#include <doctest/doctest.h>

namespace warren::handshake_test {

using namespace warren::server;
using cluster::LinkFrame;
using cluster::LinkPurpose;

namespace {

const LinkIdentity kOne{"one", "secret"};
const LinkIdentity kTwo{"two", "secret"};

// Gives what one side said to the other; what that one answers to the last frame.
Handshake::Step carry(std::string_view bytes, Handshake& to, bool with_preamble) {
  Handshake::Step step;
  if (with_preamble) {
    step = to.on_preamble(bytes.substr(0, cluster::kPreambleBytes));
    bytes.remove_prefix(cluster::kPreambleBytes);
  }
  while (!bytes.empty() && step.refusal.empty()) {
    const cluster::FrameView frame = cluster::next_frame(bytes, cluster::kHandshakeBytesMax);
    REQUIRE(frame.state == cluster::FrameView::State::whole);
    step = to.on_frame(frame.kind, frame.payload);
    bytes.remove_prefix(frame.bytes);
  }
  return step;
}

std::string frame(LinkFrame kind, std::string_view payload) {
  std::string bytes;
  append_frame(bytes, kind, payload);
  return bytes;
}

}  // namespace

TEST_CASE("two who know the secret get to know each other") {
  Handshake connector(kOne, LinkPurpose::mail, "two");
  Handshake acceptor(kTwo);
  const Handshake::Step hello = carry(connector.opening(), acceptor, true);
  const Handshake::Step proof = carry(hello.send, connector, true);
  CHECK_FALSE(proof.done);
  const Handshake::Step accepted = carry(proof.send, acceptor, false);
  CHECK(accepted.done);
  CHECK(carry(accepted.send, connector, false).done);
  CHECK(acceptor.purpose() == LinkPurpose::mail);
  CHECK(acceptor.peer() == "one");
  CHECK(connector.peer() == "two");
}

TEST_CASE("a connector with another secret is refused with a sentence that both can show") {
  Handshake connector({"one", "another"}, LinkPurpose::ask, "");
  Handshake acceptor(kTwo);
  const Handshake::Step proof = carry(carry(connector.opening(), acceptor, true).send, connector, true);
  const Handshake::Step refused = carry(proof.send, acceptor, false);
  CHECK_FALSE(refused.done);
  CHECK(refused.refusal == "the cluster secret differs");
  CHECK(carry(refused.send, connector, false).refusal == "the cluster secret differs");
}

TEST_CASE("an acceptor that does not know the secret cannot echo the connector's proof") {
  Handshake connector(kOne, LinkPurpose::control, "two");
  Handshake acceptor({"two", "guessed"});
  const Handshake::Step proof = carry(carry(connector.opening(), acceptor, true).send, connector, true);
  const Handshake::Step step = carry(proof.send, connector, false);
  CHECK_FALSE(step.done);
  CHECK(step.refusal == "the cluster secret differs");
}

TEST_CASE("who speaks another version or another protocol hears so, behind our own version") {
  const std::string newer = std::string(cluster::kLinkMagic) + std::string("\0\7", 2);
  Handshake::Step step = Handshake(kTwo).on_preamble(newer);
  CHECK(step.refusal == "this node speaks version 2 of the cluster protocol, the other 7");
  CHECK(step.send == cluster::preamble() + frame(LinkFrame::refusal, step.refusal));
  step = Handshake(kTwo).on_preamble("AMQP\0\0\x09\x01");
  CHECK(step.refusal == "this is the port at which the nodes of a Warren cluster meet, and nobody else");
  step = Handshake(kTwo).on_preamble(std::string_view("\x16\3\1\2\0\1\0\1", 8));
  CHECK(step.refusal == "it expects TLS, which this node does not speak (cluster.ssl_options)");
}

TEST_CASE("a connector that finds another node than it wanted goes away") {
  Handshake connector(kOne, LinkPurpose::mail, "three");
  Handshake acceptor(kTwo);
  CHECK(carry(carry(connector.opening(), acceptor, true).send, connector, true).refusal ==
        "here is node two, not three");
}

TEST_CASE("frames out of turn, and hellos that cannot be read, are refused") {
  CHECK_FALSE(Handshake(kTwo).on_frame(LinkFrame::proof, std::string(32, 'x')).refusal.empty());
  CHECK_FALSE(Handshake(kTwo).on_frame(LinkFrame::mail, "").refusal.empty());
  CHECK_FALSE(Handshake(kTwo).on_frame(LinkFrame::hello, "garbage").refusal.empty());
  Handshake twice(kTwo);
  Handshake connector(kOne, LinkPurpose::mail, "");
  const std::string opening = connector.opening();
  (void)carry(opening, twice, true);
  CHECK_FALSE(carry(opening, twice, true).refusal.empty());
}

TEST_CASE("no two challenges are the same") {
  CHECK(Handshake(kOne, LinkPurpose::mail, "").opening() != Handshake(kOne, LinkPurpose::mail, "").opening());
}

}  // namespace warren::handshake_test
