#include "tools/perf/address.hpp"

#include <fmt/core.h>

#include <charconv>
#include <optional>
#include <utility>

namespace warren::perf {
namespace {

constexpr std::string_view kScheme = "amqp://";

std::optional<std::string> percent_decoded(std::string_view text) {
  constexpr std::size_t kEscapeBytes = 3;
  constexpr int kHex = 16;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const std::string_view digits = text.substr(i, kEscapeBytes);
    unsigned value = 0;
    if (digits.size() != kEscapeBytes) return {};
    const auto [end, error] = std::from_chars(digits.data() + 1, digits.data() + kEscapeBytes, value, kHex);
    if (error != std::errc{} || end != digits.data() + kEscapeBytes) return {};
    out.push_back(static_cast<char>(value));
    i += kEscapeBytes - 1;
  }
  return out;
}

// Cuts `text` at the first `mark`: what is before stays, what is behind is returned. Nothing if there is no mark.
std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

bool set_decoded(std::string& to, std::string_view text) {
  std::optional<std::string> decoded = percent_decoded(text);
  if (decoded) to = std::move(*decoded);
  return decoded.has_value();
}

bool read_user(std::string_view text, Address& address) {
  const auto password = cut(text, ':');
  return set_decoded(address.user, text) && (!password || set_decoded(address.password, *password));
}

bool read_host(std::string_view text, Address& address) {
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const auto behind = cut(text, ']');
    if (!behind || (!behind->empty() && behind->front() != ':')) return false;
    if (!behind->empty()) port = behind->substr(1);
  } else {
    port = cut(text, ':');
  }
  if (!text.empty() && !set_decoded(address.host, text)) return false;
  if (!port) return true;
  const auto [end, error] = std::from_chars(port->data(), port->data() + port->size(), address.port);
  return error == std::errc{} && end == port->data() + port->size() && address.port != 0;
}

}  // namespace

Result<Address, std::string> read_uri(std::string_view uri, const Address& base) {
  Address address = base;
  std::string_view rest = uri;
  bool good = rest.starts_with(kScheme);
  if (good) {
    rest.remove_prefix(kScheme.size());
    const auto vhost = cut(rest, '/');
    good = !vhost || set_decoded(address.vhost, *vhost);
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
      good = good && read_user(rest.substr(0, at), address);
      rest.remove_prefix(at + 1);
    }
    good = good && read_host(rest, address);
  }
  if (!good) return fmt::format("'{}' is not of the form amqp://user:password@host:port/vhost", uri);
  return address;
}

}  // namespace warren::perf
