// Authorities and what they sign, made on the spot.
#pragma once

#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "server/link/parts/tls_context.hpp"

namespace warren::server::testing {

// A folder that goes with what is in it.
struct PemFolder {
  PemFolder() {
    std::string pattern = "/tmp/warren-certificates-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  PemFolder(const PemFolder&) = delete;
  PemFolder& operator=(const PemFolder&) = delete;
  ~PemFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string file(const std::string& name) const { return path + "/" + name; }
  std::string path;
};

// An authority, and certificates that it signs, as files.
class Authority {
 public:
  Authority(const PemFolder& folder, std::string name) : folder_(folder), name_(std::move(name)), key_(new_key()) {
    certificate_ = certify(key_.get(), name_, kYear_s);
    write(folder_.file(name_ + ".ca"), certificate_.get());
  }

  // The files of a node that this authority signs for, and that believes `believed` or this one.
  node::TlsFiles node(const std::string& node, long seconds = kYear_s, const Authority* believed = nullptr) const {
    const Key key = new_key();
    const Certificate certificate = certify(key.get(), node, seconds);
    const node::TlsFiles files{(believed != nullptr ? believed : this)->file(), folder_.file(node + ".pem"),
                               folder_.file(node + ".key")};
    write(files.certificate, certificate.get());
    write(files.key, key.get(), nullptr);
    return files;
  }
  std::string file() const { return folder_.file(name_ + ".ca"); }
  // A key that needs a passphrase.
  void write_locked_key(const std::string& path) const { write(path, key_.get(), "passphrase"); }

  static constexpr long kYear_s = 365L * 24 * 3600;

 private:
  using Key = std::shared_ptr<EVP_PKEY>;
  using Certificate = std::shared_ptr<X509>;

  static Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

  Certificate certify(EVP_PKEY* key, const std::string& name, long seconds) const {
    Certificate made(X509_new(), X509_free);
    X509* const raw = made.get();
    X509_set_version(raw, X509_VERSION_3);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(raw), -Authority::kYear_s);
    X509_gmtime_adj(X509_getm_notAfter(raw), seconds);
    X509_set_pubkey(raw, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    const X509* const issuer = certificate_ ? certificate_.get() : raw;
    if (issuer == raw) allow_signing(raw);
    X509_set_issuer_name(raw, X509_get_subject_name(issuer));
    REQUIRE(X509_sign(raw, key_.get(), EVP_sha256()) > 0);
    return made;
  }
  static void allow_signing(X509* certificate) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    REQUIRE(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void write(const std::string& path, X509* certificate) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    CHECK(PEM_write_X509(file, certificate) == 1);
    std::fclose(file);
  }
  static void write(const std::string& path, EVP_PKEY* key, const char* passphrase) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    const EVP_CIPHER* const cipher = passphrase != nullptr ? EVP_aes_128_cbc() : nullptr;
    CHECK(PEM_write_PrivateKey(file, key, cipher, nullptr, 0, nullptr, const_cast<char*>(passphrase)) == 1);
    std::fclose(file);
  }

  const PemFolder& folder_;
  const std::string name_;
  const Key key_;
  Certificate certificate_;
};

inline std::shared_ptr<const TlsContext> context_of(const node::TlsFiles& files) {
  auto context = TlsContext::read(files);
  REQUIRE(context.ok());
  return *context;
}

}  // namespace warren::server::testing
