// What a node brings to TLS between nodes: its certificate, its key, and whom it believes.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "node/settings/cluster_settings.hpp"

namespace warren::server {

// Of all links of a node. Both sides present a certificate, and both check that of the other: TLS 1.2 or later, no
// renegotiation, no compression, no resumption.
class TlsContext {
 public:
  // Reads the three files. The error is a sentence.
  static Result<std::shared_ptr<const TlsContext>, std::string> read(const node::TlsFiles& files);

  explicit TlsContext(std::shared_ptr<SSL_CTX> context) : context_(std::move(context)) {}
  SSL_CTX* get() const { return context_.get(); }

 private:
  std::shared_ptr<SSL_CTX> context_;
};

// Why OpenSSL did not do what it was asked to do last, in its words. Forgets it.
std::string take_tls_reason();

}  // namespace warren::server
