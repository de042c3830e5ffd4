#include "server/link/parts/tls_layer.hpp"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <utility>

#include "base/check.hpp"

namespace warren::server {
namespace {

// A record of TLS: its kind, and its version.
constexpr char kAlertRecord = 0x15;
constexpr char kHandshakeRecord = 0x16;
constexpr char kMajorVersion = 3;
// Of what this side has to say beside what it is asked to write: who makes it talk has to listen, too.
constexpr std::size_t kUnsentBytesMax = 2 * kTlsPieceBytes;

BIO* memory_bio() {
  BIO* const bio = BIO_new(BIO_s_mem());
  WARREN_CHECK(bio != nullptr, "the machine has memory for a connection");
  BIO_set_mem_eof_return(bio, -1);
  return bio;
}

SSL* new_tls(const TlsContext& context) {
  SSL* const tls = SSL_new(context.get());
  WARREN_CHECK(tls != nullptr, "the machine has memory for a connection");
  return tls;
}

// What the other side says when it does not go on.
bool is_alert(unsigned long code) {
  return ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET;
}

}  // namespace

void TlsLayer::Free::operator()(SSL* tls) const { SSL_free(tls); }

bool begins_tls(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == kHandshakeRecord && bytes[1] == kMajorVersion;
}

TlsLayer::TlsLayer(const TlsContext& context, Side side)
    : tls_(new_tls(context)), side_(side), in_(memory_bio()), out_(memory_bio()) {
  SSL_set_bio(tls_.get(), in_, out_);
  if (side_ == Side::accepting) {
    SSL_set_accept_state(tls_.get());
  } else {
    SSL_set_connect_state(tls_.get());
    shake_hands();
  }
}

void TlsLayer::feed(std::string_view sealed) {
  if (!trouble_.empty() || sealed.empty()) return;
  WARREN_CHECK(sealed.size() <= kTlsPieceBytes, "what comes is fed in pieces");
  if (!std::exchange(heard_, true)) look_at_first(sealed.front());
  if (!trouble_.empty()) return;
  const int kept = BIO_write(in_, sealed.data(), static_cast<int>(sealed.size()));
  WARREN_CHECK(kept == static_cast<int>(sealed.size()), "the machine has memory for what came");
}

void TlsLayer::look_at_first(char byte) {
  if (byte == kHandshakeRecord || byte == kAlertRecord) return;
  met_plain_ = true;
  trouble_ = "it speaks no TLS, which this node expects (cluster.ssl_options)";
}

void TlsLayer::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  ready_ = result == 1;
  if (!ready_) on_failure(result);
}

std::size_t TlsLayer::read(char* to, std::size_t bytes_max) {
  if (trouble_.empty() && !ready_) shake_hands();
  if (!trouble_.empty() || !ready_) return 0;
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(tls_.get(), to, bytes_max, &bytes);
  if (result == 1) return bytes;
  on_failure(result);
  if (trouble_.empty() && BIO_ctrl_pending(out_) > kUnsentBytesMax) trouble_ = "it makes TLS talk and does not listen";
  return 0;
}

void TlsLayer::write(std::string_view plain) {
  if (!trouble_.empty() || plain.empty()) return;
  WARREN_CHECK(ready_ && plain.size() <= kTlsPieceBytes, "what is said is sealed in pieces, once it can be");
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_write_ex(tls_.get(), plain.data(), plain.size(), &bytes);
  if (result != 1) on_failure(result);
}

bool TlsLayer::has_output() const { return BIO_ctrl_pending(out_) > 0; }

void TlsLayer::take(ByteBuffer& out) {
  const std::size_t bytes = BIO_ctrl_pending(out_);
  if (bytes == 0) return;
  const int taken = BIO_read(out_, out.extend(bytes), static_cast<int>(bytes));
  WARREN_CHECK(taken == static_cast<int>(bytes), "memory gives what it holds");
}

void TlsLayer::on_failure(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return;
    case SSL_ERROR_ZERO_RETURN: trouble_ = "the other side closed the connection"; return;
    default: trouble_ = reason_of_failure();
  }
}

std::string TlsLayer::reason_of_failure() {
  const bool alert = is_alert(ERR_peek_error());
  const std::string reason = take_tls_reason();
  if (const long verdict = SSL_get_verify_result(tls_.get()); verdict != X509_V_OK)
    return fmt::format("its certificate is not believed: {}", X509_verify_cert_error_string(verdict));
  if (alert) return fmt::format("it does not go on with TLS: {}", reason);
  return fmt::format("no TLS with it: {}", reason);
}

}  // namespace warren::server
