#include "broker/message.hpp"

#include <cstring>
#include <new>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/pool.hpp"

namespace warren::broker {

MessageDraft::MessageDraft(std::string_view exchange, std::string_view routing_key, std::string_view properties,
                           std::size_t body_bytes, const MessageTraits& traits) {
  WARREN_CHECK(exchange.size() <= limits::kShortStringBytesMax && routing_key.size() <= limits::kShortStringBytesMax,
               "names in a message fit a short string");
  WARREN_CHECK(body_bytes <= limits::kBodyBytesCeiling, "a body is within the ceiling");
  const std::size_t bytes = sizeof(Message) + 2 + exchange.size() + routing_key.size() + properties.size() + body_bytes;
  auto* message = ::new (pool::allocate(bytes)) Message;
  message->traits_ = traits;
  message->properties_bytes_ = static_cast<std::uint32_t>(properties.size());
  message->body_bytes_ = static_cast<std::uint32_t>(body_bytes);
  message->exchange_bytes_ = static_cast<std::uint8_t>(exchange.size());
  message->routing_key_bytes_ = static_cast<std::uint8_t>(routing_key.size());
  char* to = message->text();
  *to++ = static_cast<char>(exchange.size());
  to = static_cast<char*>(std::memcpy(to, exchange.data(), exchange.size())) + exchange.size();
  *to++ = static_cast<char>(routing_key.size());
  to = static_cast<char*>(std::memcpy(to, routing_key.data(), routing_key.size())) + routing_key.size();
  std::memcpy(to, properties.data(), properties.size());
  message_ = MessageRef(message);
}

char* MessageDraft::body() { return const_cast<char*>(message_->body().data()); }

void Message::release() {
  const std::size_t bytes = footprint_bytes();
  this->~Message();
  pool::release(this, bytes);
}

}  // namespace warren::broker
