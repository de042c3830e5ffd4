#include "broker/session/methods/names.hpp"

#include <fmt/core.h>

#include <charconv>

namespace warren::broker::session {

namespace {

// The URL-safe one.
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string clean_name(std::string_view name) {
  std::string clean;
  clean.reserve(name.size());
  for (const char c : name)
    if (c != '\r' && c != '\n') clean.push_back(c);
  return clean;
}

Result<std::string, Refusal> queue_or_last(const Desk& desk, std::string_view name) {
  if (!name.empty()) return std::string(name);
  if (!desk.channel.last_queue.empty()) return desk.channel.last_queue;
  return Refusal{amqp::ReplyCode::not_found, "no previously declared queue"};
}

Refusal locked_queue(std::string_view queue, std::string_view vhost) {
  return {
      amqp::ReplyCode::resource_locked,
      "cannot obtain exclusive access to locked " + queue_phrase(queue, vhost) +
          ". It could be originally declared on another connection or the exclusive property value does not match that "
          "of the original declaration."};
}

std::string generated_name(std::string_view prefix, Rng& rng) {
  constexpr int kRandomCharacters = 22;
  std::string name(prefix);
  for (int i = 0; i < kRandomCharacters; ++i) name.push_back(kBase64[rng.below(kBase64.size())]);
  return name;
}

namespace {

constexpr std::string_view kPadding = "==";
constexpr int kSixBits = 6;
// 66 bits hold the 64 of the secret.
constexpr int kSecretCharacters = 11;

std::string print_secret(std::uint64_t secret) {
  std::string text;
  for (int i = 0; i < kSecretCharacters; ++i, secret >>= kSixBits) text.push_back(kBase64[secret % kBase64.size()]);
  return text.append(kPadding);
}

std::optional<std::uint64_t> read_secret(std::string_view text) {
  if (text.size() != kSecretCharacters + kPadding.size() || !text.ends_with(kPadding)) return std::nullopt;
  std::uint64_t secret = 0;
  for (int i = kSecretCharacters - 1; i >= 0; --i) {
    const std::size_t digit = kBase64.find(text[static_cast<std::size_t>(i)]);
    if (digit == std::string_view::npos) return std::nullopt;
    secret = (secret << kSixBits) | digit;
  }
  return secret;
}

// Takes that many hexadecimal digits.
template <class Number>
bool take_hex(std::string_view& rest, Number& out) {
  constexpr std::size_t kDigits = sizeof(Number) * 2;
  if (rest.size() < kDigits) return false;
  const auto parsed = std::from_chars(rest.data(), rest.data() + kDigits, out, 16);
  if (parsed.ec != std::errc() || parsed.ptr != rest.data() + kDigits) return false;
  rest.remove_prefix(kDigits);
  return true;
}

}  // namespace

std::string print_reply_address(const ReplyAddress& address) {
  return fmt::format("{}.{:08x}{:04x}{:016x}{:04x}{:08x}.{}", kReplyQueueName, address.session.node.value,
                     address.session.shard, address.session.id.value, address.channel.number,
                     address.channel.generation, print_secret(address.secret));
}

std::optional<ReplyAddress> read_reply_address(std::string_view name) {
  if (!name.starts_with(kReplyQueueName)) return std::nullopt;
  std::string_view rest = name.substr(kReplyQueueName.size());
  if (!rest.starts_with('.')) return std::nullopt;
  rest.remove_prefix(1);
  ReplyAddress address;
  if (!take_hex(rest, address.session.node.value) || !take_hex(rest, address.session.shard) ||
      !take_hex(rest, address.session.id.value) || !take_hex(rest, address.channel.number) ||
      !take_hex(rest, address.channel.generation) || !rest.starts_with('.'))
    return std::nullopt;
  const std::optional<std::uint64_t> secret = read_secret(rest.substr(1));
  if (!secret) return std::nullopt;
  address.secret = *secret;
  return address;
}

std::string own_reply_address(const Desk& desk) {
  const Channel& channel = desk.channel;
  if (channel.reply_secret == 0) return {};
  return print_reply_address({desk.session.self, channel.ref, channel.reply_secret});
}

}  // namespace warren::broker::session
