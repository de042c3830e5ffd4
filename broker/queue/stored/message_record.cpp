#include "broker/queue/stored/message_record.hpp"

#include <cstring>

#include "base/limits.hpp"

namespace warren::broker {
namespace {

constexpr std::uint8_t kPersistent = 1;
constexpr std::uint8_t kDiedHere = 2;
constexpr std::uint8_t kExpires = 4;
constexpr std::uint8_t kElsewhere = 8;

// The same for a message that must have its body with it.
bool read_whole(RecordReader& reader, MessageParts& parts) {
  if (!read_message_parts(reader, parts)) return false;
  if (parts.elsewhere) reader.spoil();
  return reader.ok();
}

}  // namespace

void append_message(ByteBuffer& out, const Message& message, BodyId elsewhere) {
  const MessageTraits& traits = message.traits();
  const bool expires = traits.expiration_ms >= 0;
  const std::size_t most = message_record_bytes_max(message) - (elsewhere ? message.body_bytes() : 0);
  char* const begin = out.extend(most);
  char* to = begin;
  *to++ = static_cast<char>((traits.persistent ? kPersistent : 0) | (traits.died_here ? kDiedHere : 0) |
                            (expires ? kExpires : 0) | (elsewhere ? kElsewhere : 0));
  *to++ = static_cast<char>(traits.priority);
  if (expires) to = put_varint(to, static_cast<std::uint64_t>(traits.expiration_ms));
  to = put_varint(to, message.properties().size());
  to = put_varint(to, message.body_bytes());
  if (elsewhere) to = put_varint(to, elsewhere.value);
  // Names, properties and body lie behind each other in the message.
  const std::size_t head_bytes = message.encoded_names().size() + message.properties().size();
  const std::string_view rest(message.encoded_names().data(), head_bytes + (elsewhere ? 0 : message.body_bytes()));
  std::memcpy(to, rest.data(), rest.size());
  to += rest.size();
  out.truncate(out.size() - (most - static_cast<std::size_t>(to - begin)));
}

bool read_message_parts(RecordReader& reader, MessageParts& parts) {
  const std::uint8_t flags = reader.octet();
  parts = {};
  parts.traits.persistent = (flags & kPersistent) != 0;
  parts.traits.died_here = (flags & kDiedHere) != 0;
  parts.traits.priority = reader.octet();
  if ((flags & kExpires) != 0) parts.traits.expiration_ms = static_cast<std::int64_t>(reader.varint());
  const std::uint64_t properties_bytes = reader.varint();
  parts.body_bytes = reader.varint();
  if ((flags & kElsewhere) != 0) {
    parts.elsewhere = BodyId(reader.varint());
    if (!parts.elsewhere) reader.spoil();
  }
  parts.exchange = reader.bytes(reader.octet());
  parts.routing_key = reader.bytes(reader.octet());
  parts.properties = reader.bytes(properties_bytes);
  if (!parts.elsewhere) parts.body = reader.bytes(parts.body_bytes);
  if (parts.body_bytes > limits::kBodyBytesCeiling) reader.spoil();
  return reader.ok();
}

MessageRef read_message(RecordReader& reader) {
  MessageParts parts;
  if (!read_whole(reader, parts)) return {};
  return make_message(parts.exchange, parts.routing_key, parts.properties, parts.body, parts.traits);
}

bool skip_message(RecordReader& reader, MessageGlance& glance) {
  MessageParts parts;
  if (!read_whole(reader, parts)) return false;
  glance = {parts.traits.priority, static_cast<std::uint32_t>(parts.body.size())};
  return true;
}

}  // namespace warren::broker
