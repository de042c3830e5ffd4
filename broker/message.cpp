#include "broker/message.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/pool.hpp"

namespace warren::broker {
namespace {

// Room for a body before any of it has come, and once some of it has.
constexpr std::size_t kRoomAtFirst = 4 << 10;
constexpr std::size_t kRoomLater = 128 << 10;

}  // namespace

MessageDraft::MessageDraft(std::string_view exchange, std::string_view routing_key, std::string_view properties,
                           std::size_t body_bytes, const MessageTraits& traits) {
  begin(exchange, routing_key, properties, body_bytes, std::min(body_bytes, kRoomAtFirst), traits);
}

void MessageDraft::begin(std::string_view exchange, std::string_view routing_key, std::string_view properties,
                         std::size_t body_bytes, std::size_t room, const MessageTraits& traits) {
  WARREN_CHECK(exchange.size() <= limits::kShortStringBytesMax && routing_key.size() <= limits::kShortStringBytesMax,
               "names in a message fit a short string");
  WARREN_CHECK(body_bytes <= limits::kBodyBytesCeiling, "a body is within the ceiling");
  const std::size_t bytes = sizeof(Message) + 2 + exchange.size() + routing_key.size() + properties.size() + room;
  auto* message = ::new (pool::allocate(bytes)) Message;
  message->traits_ = traits;
  message->properties_bytes_ = static_cast<std::uint32_t>(properties.size());
  message->body_bytes_ = static_cast<std::uint32_t>(room);
  message->exchange_bytes_ = static_cast<std::uint8_t>(exchange.size());
  message->routing_key_bytes_ = static_cast<std::uint8_t>(routing_key.size());
  char* to = message->text();
  *to++ = static_cast<char>(exchange.size());
  to = static_cast<char*>(std::memcpy(to, exchange.data(), exchange.size())) + exchange.size();
  *to++ = static_cast<char>(routing_key.size());
  to = static_cast<char*>(std::memcpy(to, routing_key.data(), routing_key.size())) + routing_key.size();
  std::memcpy(to, properties.data(), properties.size());
  message_ = MessageRef(message);
  announced_ = static_cast<std::uint32_t>(body_bytes);
}

void MessageDraft::append(std::string_view part) {
  if (part.empty()) return;
  WARREN_CHECK(part.size() <= announced_ - received_, "a body is not longer than announced");
  const std::size_t needed = received_ + part.size();
  if (needed > message_->body_bytes()) grow(needed);
  std::memcpy(const_cast<char*>(message_->body().data()) + received_, part.data(), part.size());
  received_ = static_cast<std::uint32_t>(needed);
}

void MessageDraft::grow(std::size_t needed) {
  const std::size_t doubled = std::size_t{message_->body_bytes()} * 2;
  const std::size_t room = std::min<std::size_t>(announced_, std::max({needed, doubled, kRoomLater}));
  const Message& old = *message_;
  const std::size_t bytes = old.footprint_bytes() - old.body_bytes_ + room;
  auto* larger = ::new (pool::allocate(bytes)) Message;
  larger->traits_ = old.traits_;
  larger->properties_bytes_ = old.properties_bytes_;
  larger->body_bytes_ = static_cast<std::uint32_t>(room);
  larger->exchange_bytes_ = old.exchange_bytes_;
  larger->routing_key_bytes_ = old.routing_key_bytes_;
  std::memcpy(larger->text(), old.text(), old.names_bytes() + old.properties_bytes_ + received_);
  message_ = MessageRef(larger);
}

MessageRef MessageDraft::finish() {
  WARREN_CHECK(received_ == announced_ && message_->body_bytes() == announced_, "a finished message is whole");
  return std::move(message_);
}

MessageRef make_message(std::string_view exchange, std::string_view routing_key, std::string_view properties,
                        std::string_view body, const MessageTraits& traits) {
  MessageDraft draft;
  draft.begin(exchange, routing_key, properties, body.size(), body.size(), traits);
  draft.append(body);
  return draft.finish();
}

void Message::release() {
  const std::size_t bytes = footprint_bytes();
  this->~Message();
  pool::release(this, bytes);
}

}  // namespace warren::broker
