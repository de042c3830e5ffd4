// How two nodes make sure of each other before they talk. No sockets here: frames in, frames out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cluster/link_messages.hpp"

namespace warren::server {

class TlsContext;

struct LinkIdentity {
  std::string name;
  std::string secret;
  std::shared_ptr<const TlsContext> tls = {};  // none: links are in the clear
};

// One side of a handshake (cluster/link_messages.hpp).
class Handshake {
 public:
  // The one who connects, to a node of that name or, if it is empty, of any.
  Handshake(LinkIdentity self, cluster::LinkPurpose purpose, std::string expected);
  // The one who accepts.
  explicit Handshake(LinkIdentity self);

  struct Step {
    std::string send = {};     // at once, even with a refusal
    bool done = false;         // the other knows the secret
    std::string refusal = {};  // not empty: it ends here, and this is why
  };
  // What the connector says first.
  std::string opening();
  Step on_preamble(std::string_view preamble);
  Step on_frame(cluster::LinkFrame kind, std::string_view payload);

  cluster::LinkPurpose purpose() const { return oath_.connector.purpose; }
  // Only to be believed once it is done.
  const std::string& peer() const { return connecting_ ? oath_.acceptor.name : oath_.connector.name; }

 private:
  enum class Awaits : std::uint8_t { hello, proof, nothing };

  Step on_hello(std::string_view payload);
  Step on_proof(std::string_view payload);
  Step refuse(std::string sentence) const;
  std::string proof_of(bool acceptor);

  const LinkIdentity self_;
  const bool connecting_;
  const std::string expected_;
  bool spoken_ = false;  // the preamble was sent
  Awaits awaits_ = Awaits::hello;
  cluster::Oath oath_;
};

}  // namespace warren::server
