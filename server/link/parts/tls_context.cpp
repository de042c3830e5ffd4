#include "server/link/parts/tls_context.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

#include "base/check.hpp"

namespace warren::server {
namespace {

// Of the other side's certificates, before anybody is believed.
constexpr long kChainBytesMax = 32 << 10;

// Nobody is there to be asked for it.
int no_passphrase(char*, int, int, void*) { return -1; }

std::shared_ptr<SSL_CTX> make_context() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  WARREN_CHECK(context != nullptr, "OpenSSL speaks TLS");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_mode(raw, SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(raw, kChainBytesMax);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  return context;
}

}  // namespace

std::string take_tls_reason() {
  // What happened first says most.
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "no reason was given";
}

Result<std::shared_ptr<const TlsContext>, std::string> TlsContext::read(const node::TlsFiles& files) {
  std::shared_ptr<SSL_CTX> context = make_context();
  SSL_CTX* const raw = context.get();
  const auto trouble = [](const char* setting, const std::string& path) {
    return fmt::format("cannot use the file {} of cluster.ssl_options.{}: {}", path, setting, take_tls_reason());
  };
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(raw, files.authorities.c_str()) != 1) return trouble("cacertfile", files.authorities);
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1)
    return trouble("certfile", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1) return trouble("keyfile", files.key);
  if (SSL_CTX_check_private_key(raw) != 1) return trouble("keyfile", files.key);
  return std::make_shared<const TlsContext>(std::move(context));
}

}  // namespace warren::server
