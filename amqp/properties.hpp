// Content properties: flags and values of a content header (amqp.md 1.8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amqp/table.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

namespace warren::amqp {

// The flag bit of each property. Values follow in the order from the highest bit down.
enum class Property : std::uint16_t {
  content_type = 1u << 15,
  content_encoding = 1u << 14,
  headers = 1u << 13,
  delivery_mode = 1u << 12,
  priority = 1u << 11,
  correlation_id = 1u << 10,
  reply_to = 1u << 9,
  expiration = 1u << 8,
  message_id = 1u << 7,
  timestamp = 1u << 6,
  type = 1u << 5,
  user_id = 1u << 4,
  app_id = 1u << 3,
  cluster_id = 1u << 2,
};

// Bits 1 and 0 mean nothing here and are dropped on output.
inline constexpr std::uint16_t kReservedPropertyBits = 3;
// The delivery mode of a persistent message; any other means transient (amqp.md 3.9).
inline constexpr std::uint8_t kPersistent = 2;
// Raw properties of a message that has none.
inline constexpr std::string_view kNoProperties{"\0\0", 2};

// What raw properties hold, as views into them. Absent fields are empty or zero; has() tells absent from empty.
struct PropertiesView {
  std::uint16_t flags = 0;
  std::uint8_t delivery_mode = 0;
  std::uint8_t priority = 0;
  std::uint64_t timestamp = 0;
  std::string_view content_type = {};
  std::string_view content_encoding = {};
  std::string_view headers = {};  // body of the table, without its length
  std::string_view correlation_id = {};
  std::string_view reply_to = {};
  std::string_view expiration = {};
  std::string_view message_id = {};
  std::string_view type = {};
  std::string_view user_id = {};
  std::string_view app_id = {};
  std::string_view cluster_id = {};

  bool has(Property property) const { return (flags & static_cast<std::uint16_t>(property)) != 0; }
  bool persistent() const { return delivery_mode == kPersistent; }
};

// The general walk behind scan_properties.
bool scan_all_properties(std::string_view raw, PropertiesView& out);

// Walks over raw properties (flags and values) and checks them wholly, the headers table included. Takes no memory.
// False: undecodable, that is truncated, trailing bytes, or a broken table; `out` is then unspecified.
inline bool scan_properties(std::string_view raw, PropertiesView& out) {
  // Messages without properties and such with a delivery mode only are most of the traffic.
  constexpr std::uint16_t kModeOnly = static_cast<std::uint16_t>(Property::delivery_mode);
  if (raw.size() == 2 && (load_big<std::uint16_t>(raw.data()) & ~kReservedPropertyBits) == 0) {
    out = PropertiesView{};
    return true;
  }
  if (raw.size() == 3 && load_big<std::uint16_t>(raw.data()) == kModeOnly) {
    out = PropertiesView{};
    out.flags = kModeOnly;
    out.delivery_mode = static_cast<std::uint8_t>(raw[2]);
    return true;
  }
  return scan_all_properties(raw, out);
}

// Properties with memory of their own, for whoever changes or makes them.
struct Properties {
  std::optional<std::string> content_type = {};
  std::optional<std::string> content_encoding = {};
  bool has_headers = false;
  Table headers = {};
  std::optional<std::uint8_t> delivery_mode = {};
  std::optional<std::uint8_t> priority = {};
  std::optional<std::string> correlation_id = {};
  std::optional<std::string> reply_to = {};
  std::optional<std::string> expiration = {};
  std::optional<std::string> message_id = {};
  std::optional<std::uint64_t> timestamp = {};
  std::optional<std::string> type = {};
  std::optional<std::string> user_id = {};
  std::optional<std::string> app_id = {};
  std::optional<std::string> cluster_id = {};
};

Result<Properties, DecodeError> decode_properties(std::string_view raw);

// Appends flags and values, reserved bits cleared. Requires: strings of at most 255 bytes, encodable headers.
void encode_properties(const Properties& properties, ByteBuffer& out);

}  // namespace warren::amqp
