// A message as bytes, the same in the journal and in cold chunks.
//
//   flags          1 octet: 1 persistent, 2 x-death written by this broker, 4 expiration follows, 8 body lies elsewhere
//   priority       1 octet
//   expiration_ms  varint, if the flag says so
//   properties     varint: how many bytes
//   body           varint: how many bytes
//   elsewhere      varint: the identity of the body, if the flag says so; only in cold chunks
//   names          exchange and routing key, each with a length octet
//   properties, and the body unless it lies elsewhere
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "broker/message.hpp"
#include "broker/queue/stored/varint.hpp"

namespace warren::broker {

// With a name for its body: the body itself is left out.
void append_message(ByteBuffer& out, const Message& message, BodyId elsewhere = {});

// At most what append_message adds.
inline std::size_t message_record_bytes_max(const Message& message) {
  return 2 + 4 * kVarintBytesMax + message.encoded_names().size() + message.properties().size() + message.body_bytes();
}

// What stands in a record. Views are into it.
struct MessageParts {
  MessageTraits traits;
  std::string_view exchange;
  std::string_view routing_key;
  std::string_view properties;
  std::string_view body;         // empty if it lies elsewhere
  std::uint64_t body_bytes = 0;  // wherever it lies
  BodyId elsewhere;
};

// Reads one message without making it. False, and the reader is not ok, when the bytes make none.
bool read_message_parts(RecordReader& reader, MessageParts& parts);

// Reads one message whose body is with it. Null, and the reader is not ok, when the bytes make none.
MessageRef read_message(RecordReader& reader);

// Passes over such a message; tells its priority and the bytes of its body. False as above.
struct MessageGlance {
  std::uint8_t priority = 0;
  std::uint32_t body_bytes = 0;
};
bool skip_message(RecordReader& reader, MessageGlance& glance);

}  // namespace warren::broker
