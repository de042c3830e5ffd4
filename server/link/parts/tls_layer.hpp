// One side of TLS, without a socket: bytes in, bytes out.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "server/link/parts/tls_context.hpp"

namespace warren::server {

// What one feed() or write() may bring at most; memory for one connection is a few times as much.
inline constexpr std::size_t kTlsPieceBytes = 64 << 10;

// Whoever connects begins to talk at once. After trouble nothing comes out of it any more but its last words.
class TlsLayer {
 public:
  enum class Side : std::uint8_t { connecting, accepting };

  // Requires: nothing of the context but that it is; it is kept.
  TlsLayer(const TlsContext& context, Side side);

  // What came. Requires: at most kTlsPieceBytes, and that read() gave nothing more of what came before.
  void feed(std::string_view sealed);
  // The next of what the other side said; zero: nothing for now. Has to be called after each feed() until then.
  std::size_t read(char* to, std::size_t bytes_max);
  // Both have seen each other's certificates, as far as this side can know.
  bool ready() const { return ready_; }
  // What is to be said. Requires: ready, at most kTlsPieceBytes, and that take() has been called since the last one.
  void write(std::string_view plain);
  // Whether there is something to be sent, and it.
  bool has_output() const;
  void take(ByteBuffer& out);

  // Not empty: it ends here, and this is why.
  const std::string& trouble() const { return trouble_; }
  // The other side speaks, but not TLS.
  bool met_plain() const { return met_plain_; }
  bool accepts() const { return side_ == Side::accepting; }

 private:
  struct Free {
    void operator()(SSL* tls) const;
  };

  void shake_hands();
  void look_at_first(char byte);
  void on_failure(int result);
  std::string reason_of_failure();

  std::unique_ptr<SSL, Free> tls_;
  const Side side_;
  BIO* const in_;  // these two belong to it
  BIO* const out_;
  bool heard_ = false;
  bool ready_ = false;
  bool met_plain_ = false;
  std::string trouble_;
};

// What somebody hears in the clear who does not speak TLS, or hears of himself who does not understand it.
inline constexpr const char* kExpectsTls = "it expects TLS, which this node does not speak (cluster.ssl_options)";

// Whether somebody begins to talk TLS with this.
bool begins_tls(std::string_view bytes);

}  // namespace warren::server
