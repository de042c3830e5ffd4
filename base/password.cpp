#include "base/password.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace warren {
namespace {

constexpr std::size_t kSaltBytes = 4;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kHashBytes = kSaltBytes + kDigestBytes;
// Base64 writes three bytes as four letters.
constexpr std::size_t kTextBytes = kHashBytes / 3 * 4;
static_assert(kHashBytes % 3 == 0, "the text needs no padding");

using Hash = std::array<unsigned char, kHashBytes>;

Hash salted(std::string_view password, std::uint32_t salt) {
  Hash hash{};
  store_big(reinterpret_cast<char*>(hash.data()), salt);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool done = context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(context, hash.data(), kSaltBytes) == 1 &&
                    EVP_DigestUpdate(context, password.data(), password.size()) == 1 &&
                    EVP_DigestFinal_ex(context, hash.data() + kSaltBytes, nullptr) == 1;
  EVP_MD_CTX_free(context);
  WARREN_CHECK(done, "SHA-256 is always there");
  return hash;
}

}  // namespace

std::string hash_password(std::string_view password, std::uint32_t salt) {
  const Hash hash = salted(password, salt);
  std::array<unsigned char, kTextBytes + 1> text{};  // and the zero that OpenSSL adds
  EVP_EncodeBlock(text.data(), hash.data(), kHashBytes);
  return {reinterpret_cast<const char*>(text.data()), kTextBytes};
}

bool password_matches(std::string_view hash, std::string_view password) {
  if (password.empty() || hash.size() != kTextBytes) return false;
  Hash kept{};
  const auto* text = reinterpret_cast<const unsigned char*>(hash.data());
  if (EVP_DecodeBlock(kept.data(), text, kTextBytes) != static_cast<int>(kHashBytes)) return false;
  const auto salt = load_big<std::uint32_t>(reinterpret_cast<const char*>(kept.data()));
  return CRYPTO_memcmp(kept.data(), salted(password, salt).data(), kHashBytes) == 0;
}

}  // namespace warren
