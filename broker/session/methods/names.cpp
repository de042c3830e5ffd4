#include "broker/session/methods/names.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>

namespace warren::broker::session {

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
  return {amqp::ReplyCode::resource_locked,
          "cannot obtain exclusive access to locked " + queue_phrase(queue, vhost) +
              ". It could be originally declared on another connection or the exclusive property value does not match that "
              "of the original declaration."};
}

std::string generated_name(std::string_view prefix, Rng& rng) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr int kRandomCharacters = 22;
  std::string name(prefix);
  for (int i = 0; i < kRandomCharacters; ++i) name.push_back(kAlphabet[rng.below(kAlphabet.size())]);
  return name;
}

std::string print_reply_address(const ReplyAddress& address) {
  return fmt::format("{}.{:08x}.{:04x}.{:016x}.{:04x}.{:08x}.{:016x}", kReplyQueueName, address.session.node.value,
                     address.session.shard, address.session.id.value, address.channel.number, address.channel.generation,
                     address.secret);
}

namespace {

// Takes ".", then hexadecimal digits up to the next dot.
template <class Number>
bool take_hex(std::string_view& rest, Number& out) {
  if (!rest.starts_with('.')) return false;
  rest.remove_prefix(1);
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), out, 16);
  if (parsed.ec != std::errc()) return false;
  rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
  return true;
}

}  // namespace

std::optional<ReplyAddress> read_reply_address(std::string_view name) {
  if (!name.starts_with(kReplyQueueName)) return std::nullopt;
  std::string_view rest = name.substr(kReplyQueueName.size());
  ReplyAddress address;
  const bool whole = take_hex(rest, address.session.node.value) && take_hex(rest, address.session.shard) &&
                     take_hex(rest, address.session.id.value) && take_hex(rest, address.channel.number) &&
                     take_hex(rest, address.channel.generation) && take_hex(rest, address.secret) && rest.empty();
  return whole ? std::optional(address) : std::nullopt;
}

std::string own_reply_address(const Desk& desk) {
  const Channel& channel = desk.channel;
  if (channel.reply_secret == 0) return {};
  return print_reply_address({desk.session.self, channel.ref, channel.reply_secret});
}

}  // namespace warren::broker::session
