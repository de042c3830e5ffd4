// Methods to bytes and back (amqp.md 1.2, 1.7, 1.10).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amqp/methods.hpp"
#include "amqp/wire/field_io.hpp"
#include "amqp/wire/frame.hpp"
#include "base/bytes.hpp"
#include "base/fields.hpp"
#include "base/ids.hpp"

namespace warren::amqp {

// The class and method a payload begins with. Requires: at least kMethodHeadBytes.
inline MethodId method_id(std::string_view payload) {
  return {load_big<std::uint16_t>(payload.data()), load_big<std::uint16_t>(payload.data() + 2)};
}

// What follows class and method. Requires: at least kMethodHeadBytes.
inline std::string_view method_arguments(std::string_view payload) { return payload.substr(kMethodHeadBytes); }

// Reads the arguments of a method, which must be used up exactly. Strings of `out` are views into `arguments`. Takes no
// memory unless a table has entries. Unless ok, `out` is unspecified.
template <class M>
inline DecodeStatus decode(std::string_view arguments, M& out) {
  FieldReader reader(arguments);
  visit_fields(out, reader);
  return reader.finish();
}

// Bytes of class, method and arguments. Stops the process when a short string is too long for the wire.
template <class M>
inline std::size_t encoded_size(const M& method) {
  FieldSizer sizer;
  visit_fields(method, sizer);
  return kMethodHeadBytes + sizer.size();
}

// Writes class, method and arguments where there is room for encoded_size bytes. Returns the end.
template <class M>
inline char* write_method(const M& method, char* to) {
  store_big<std::uint32_t>(to, M::id.packed());
  FieldWriter writer(to + kMethodHeadBytes);
  visit_fields(method, writer);
  return writer.end();
}

// Appends class, method and arguments.
template <class M>
inline void encode(const M& method, ByteBuffer& out) {
  write_method(method, out.extend(encoded_size(method)));
}

// Appends a whole frame, end octet included.
template <class M>
inline void append_method_frame(ByteBuffer& out, ChannelNumber channel, const M& method) {
  const std::size_t size = encoded_size(method);
  char* to = out.extend(kFrameOverheadBytes + size);
  to = write_frame_head(to, FrameType::method, channel, static_cast<std::uint32_t>(size));
  *write_method(method, to) = kFrameEnd;
}
void append_method_frame(ByteBuffer& out, ChannelNumber channel, const Method& method);

// Reads any method from a payload, class and method included. Unless ok, `out` is unspecified; of malformed, bad_utf8
// and bad_table it holds a method of the right kind.
DecodeStatus decode_method(std::string_view payload, Method& out);

// Appends class, method and arguments of whatever method it is.
void encode(const Method& method, ByteBuffer& out);

MethodId method_id(const Method& method);
std::string_view method_name(const Method& method);
// "queue.declare"; empty when there is no such method.
std::string_view method_name(MethodId id);

// For logs and transcripts: "queue.declare queue='q' passive=0 ... arguments={}". Reserved fields are left out.
std::string print(const Method& method);

}  // namespace warren::amqp
