#include "server/link/parts/handshake.hpp"

#include <fmt/core.h>

#include <utility>

#include "server/link/parts/tls_layer.hpp"
#include "server/link/secret.hpp"

namespace warren::server {

using cluster::LinkFrame;
using cluster::LinkPurpose;

Handshake::Handshake(LinkIdentity self, LinkPurpose purpose, std::string expected)
    : self_(std::move(self)), connecting_(true), expected_(std::move(expected)) {
  oath_.connector = {purpose, self_.name, random_bytes(cluster::kNonceBytes)};
}

Handshake::Handshake(LinkIdentity self) : self_(std::move(self)), connecting_(false) {
  oath_.acceptor = {LinkPurpose::none, self_.name, random_bytes(cluster::kNonceBytes)};
}

std::string Handshake::opening() {
  std::string bytes = cluster::preamble();
  append_frame(bytes, LinkFrame::hello, encode(oath_.connector));
  spoken_ = true;
  return bytes;
}

Handshake::Step Handshake::refuse(std::string sentence) const {
  Step step;
  if (!spoken_) step.send = cluster::preamble();
  append_frame(step.send, LinkFrame::refusal, sentence);
  step.refusal = std::move(sentence);
  return step;
}

Handshake::Step Handshake::on_preamble(std::string_view preamble) {
  if (begins_tls(preamble)) return refuse(kExpectsTls);
  const std::uint16_t version = cluster::version_of(preamble);
  if (version == 0) return refuse("this is the port at which the nodes of a Warren cluster meet, and nobody else");
  if (version == cluster::kLinkVersion) return {};
  return refuse(
      fmt::format("this node speaks version {} of the cluster protocol, the other {}", cluster::kLinkVersion, version));
}

Handshake::Step Handshake::on_frame(LinkFrame kind, std::string_view payload) {
  if (kind == LinkFrame::refusal) {
    Step step;
    step.refusal = cluster::printable(payload);
    return step;
  }
  if (kind == LinkFrame::hello && awaits_ == Awaits::hello) return on_hello(payload);
  if (kind == LinkFrame::proof && awaits_ == Awaits::proof) return on_proof(payload);
  return refuse("the other side does not keep to the cluster protocol");
}

Handshake::Step Handshake::on_hello(std::string_view payload) {
  cluster::Hello hello;
  if (!decode(payload, hello)) return refuse("the other side's hello cannot be read");
  awaits_ = Awaits::proof;
  Step step;
  if (connecting_) {
    if (hello.purpose != oath_.connector.purpose) return refuse("the other side's hello is for another purpose");
    if (!expected_.empty() && hello.name != expected_)
      return refuse(fmt::format("here is node {}, not {}", cluster::printable(hello.name), expected_));
    oath_.acceptor = std::move(hello);
    append_frame(step.send, LinkFrame::proof, proof_of(false));
    return step;
  }
  oath_.acceptor.purpose = hello.purpose;
  oath_.connector = std::move(hello);
  step.send = cluster::preamble();
  spoken_ = true;
  append_frame(step.send, LinkFrame::hello, encode(oath_.acceptor));
  return step;
}

Handshake::Step Handshake::on_proof(std::string_view payload) {
  if (!same_proof(payload, proof_of(connecting_))) return refuse("the cluster secret differs");
  awaits_ = Awaits::nothing;
  Step step;
  step.done = true;
  if (!connecting_) append_frame(step.send, LinkFrame::proof, proof_of(true));
  return step;
}

std::string Handshake::proof_of(bool acceptor) {
  oath_.by_acceptor = acceptor;
  return prove(self_.secret, oath_);
}

}  // namespace warren::server
