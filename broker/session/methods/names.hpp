// Names as clients give them (amqp.md 1.10, 3, 4.13).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/session/channel/desk.hpp"

namespace warren::broker::session {

inline constexpr std::string_view kReservedPrefix = "amq.";
inline constexpr std::string_view kReplyQueueName = "amq.rabbitmq.reply-to";

// Carriage returns and line feeds are taken out of names when something is declared, deleted or bound.
std::string clean_name(std::string_view name);

// The name, or the queue last declared on the channel when the name is empty (amqp.md 3). Fails with 404 when there is
// none.
Result<std::string, Refusal> queue_or_last(const Desk& desk, std::string_view name);

// 405: another connection's exclusive queue.
Refusal locked_queue(std::string_view queue, std::string_view vhost);

// `prefix` and 22 random characters of the URL-safe base64 alphabet.
std::string generated_name(std::string_view prefix, Rng& rng);

// The address that stands for the channel's direct reply-to consumer, and back: where it is, and a secret that only
// those who were given the address know.
struct ReplyAddress {
  SessionRef session;
  ChannelRef channel;
  std::uint64_t secret = 0;
};
std::string print_reply_address(const ReplyAddress& address);
// None if the name is not of that form.
std::optional<ReplyAddress> read_reply_address(std::string_view name);

// The address of this channel's own direct reply-to consumer, or empty.
std::string own_reply_address(const Desk& desk);

}  // namespace warren::broker::session
