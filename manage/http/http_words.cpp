#include "manage/http/http_words.hpp"

#include <openssl/evp.h>

#include <algorithm>

#include "manage/operations/json/json.hpp"

namespace warren::manage {
namespace {

constexpr std::string_view kScheme = "basic ";
constexpr std::size_t kCredentialsBytesMax = 4096;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kCredentialsBytesMax) return std::nullopt;
  std::string decoded(text.size() / 4 * 3, '\0');
  auto* to = reinterpret_cast<unsigned char*>(decoded.data());
  if (EVP_DecodeBlock(to, bytes_of(text), static_cast<int>(text.size())) < 0) return std::nullopt;
  decoded.resize(decoded.size() - static_cast<std::size_t>(std::count(text.end() - 2, text.end(), '=')));
  return decoded;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<Credentials> read_basic(std::string_view header) {
  const bool basic =
      header.size() > kScheme.size() && std::ranges::equal(header.substr(0, kScheme.size()), kScheme, {}, lower);
  if (!basic) return std::nullopt;
  const std::optional<std::string> text = decode_base64(header.substr(kScheme.size()));
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  // What is between the two ends up in a login where a zero parts them.
  if (colon == std::string::npos || text->find('\0') != std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

std::string basic_header(const Credentials& credentials) {
  const std::string text = credentials.user + ':' + credentials.password;
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  const int bytes =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), bytes_of(text), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(std::max(bytes, 0)));
  return "Basic " + encoded;
}

unsigned status_of(const Answer& answer) {
  if (answer.ok()) return 200;
  switch (answer.error().code) {
    case kUsage:
    case kDataError: return 400;
    case kNoUser: return 404;
    case kTemporary: return 503;
    default: return 409;
  }
}

std::string refusal_body(std::string_view error, std::string_view reason) {
  return json(Map{}.add("error", std::string(error)).add("reason", std::string(reason)));
}

}  // namespace warren::manage
