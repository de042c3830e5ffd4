// A message as bytes, the same in the journal and in cold chunks.
//
//   flags          1 octet: 1 persistent, 2 x-death written by this broker, 4 expiration follows
//   priority       1 octet
//   expiration_ms  varint, if the flag says so
//   properties     varint: how many bytes
//   body           varint: how many bytes
//   names          exchange and routing key, each with a length octet
//   properties, body
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.hpp"
#include "broker/message.hpp"
#include "broker/queue/stored/varint.hpp"

namespace warren::broker {

void append_message(ByteBuffer& out, const Message& message);

// At most what append_message adds.
inline std::size_t message_record_bytes_max(const Message& message) {
  return 2 + 3 * kVarintBytesMax + message.encoded_names().size() + message.properties().size() + message.body_bytes();
}

// Reads one message. Null, and the reader is not ok, when the bytes make none.
MessageRef read_message(RecordReader& reader);

// Passes over one message without making it; tells its priority and the bytes of its body. False as above.
struct MessageGlance {
  std::uint8_t priority = 0;
  std::uint32_t body_bytes = 0;
};
bool skip_message(RecordReader& reader, MessageGlance& glance);

}  // namespace warren::broker
