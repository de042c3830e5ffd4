#include "broker/queue/stored/message_record.hpp"

#include <cstring>

#include "base/limits.hpp"

namespace warren::broker {
namespace {

constexpr std::uint8_t kPersistent = 1;
constexpr std::uint8_t kDiedHere = 2;
constexpr std::uint8_t kExpires = 4;

// What stands in the record, as views.
struct Parts {
  MessageTraits traits;
  std::string_view exchange;
  std::string_view routing_key;
  std::string_view properties;
  std::string_view body;
};

Parts read_parts(RecordReader& reader) {
  Parts parts;
  const std::uint8_t flags = reader.octet();
  parts.traits.persistent = (flags & kPersistent) != 0;
  parts.traits.died_here = (flags & kDiedHere) != 0;
  parts.traits.priority = reader.octet();
  if ((flags & kExpires) != 0) parts.traits.expiration_ms = static_cast<std::int64_t>(reader.varint());
  const std::uint64_t properties_bytes = reader.varint();
  const std::uint64_t body_bytes = reader.varint();
  parts.exchange = reader.bytes(reader.octet());
  parts.routing_key = reader.bytes(reader.octet());
  parts.properties = reader.bytes(properties_bytes);
  parts.body = reader.bytes(body_bytes);
  return parts;
}

}  // namespace

void append_message(ByteBuffer& out, const Message& message) {
  const MessageTraits& traits = message.traits();
  const bool expires = traits.expiration_ms >= 0;
  const std::size_t most = message_record_bytes_max(message);
  char* const begin = out.extend(most);
  char* to = begin;
  *to++ = static_cast<char>((traits.persistent ? kPersistent : 0) | (traits.died_here ? kDiedHere : 0) |
                            (expires ? kExpires : 0));
  *to++ = static_cast<char>(traits.priority);
  if (expires) to = put_varint(to, static_cast<std::uint64_t>(traits.expiration_ms));
  to = put_varint(to, message.properties().size());
  to = put_varint(to, message.body_bytes());
  // Names, properties and body lie behind each other in the message.
  const std::string_view rest(message.encoded_names().data(),
                              message.encoded_names().size() + message.properties().size() + message.body_bytes());
  std::memcpy(to, rest.data(), rest.size());
  to += rest.size();
  out.truncate(out.size() - (most - static_cast<std::size_t>(to - begin)));
}

MessageRef read_message(RecordReader& reader) {
  const Parts parts = read_parts(reader);
  if (!reader.ok() || parts.body.size() > limits::kBodyBytesCeiling) return {};
  return make_message(parts.exchange, parts.routing_key, parts.properties, parts.body, parts.traits);
}

bool skip_message(RecordReader& reader, MessageGlance& glance) {
  const Parts parts = read_parts(reader);
  if (!reader.ok() || parts.body.size() > limits::kBodyBytesCeiling) return false;
  glance = {parts.traits.priority, static_cast<std::uint32_t>(parts.body.size())};
  return true;
}

}  // namespace warren::broker
