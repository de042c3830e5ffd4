// Reads mail field by field, and believes nothing.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "amqp/properties.hpp"
#include "amqp/table.hpp"
#include "base/limits.hpp"
#include "broker/queue/messages.hpp"
#include "broker/queue/stored/message_record.hpp"
#include "mirror/messages.hpp"
#include "node/wire/mail_writer.hpp"

namespace warren::node {

// After the first thing that makes no sense ok() is false, and what is read is zero or empty.
class MailReader {
 public:
  explicit MailReader(std::string_view bytes) : reader_(bytes), bytes_(bytes.size()) {}

  bool ok() const { return reader_.ok(); }
  bool at_end() const { return reader_.at_end(); }
  std::size_t left() const { return bytes_ - reader_.offset(); }
  std::uint8_t octet() { return reader_.octet(); }

  template <std::unsigned_integral Number>
  void number(Number& number) {
    const std::uint64_t wide = reader_.varint();
    number = static_cast<Number>(wide);
    if (number != wide) reader_.spoil();
  }
  template <std::signed_integral Number>
  void signed_number(Number& number) {
    const std::uint64_t wide = reader_.varint();
    const auto whole = static_cast<std::int64_t>((wide >> 1) ^ (~(wide & 1) + 1));
    number = static_cast<Number>(whole);
    if (number != whole) reader_.spoil();
  }
  void flag(bool& value) {
    const std::uint8_t byte = reader_.octet();
    value = byte != 0;
    if (byte > 1) reader_.spoil();
  }
  template <class Choice>
  void choice(Choice& value, Choice last) {
    value = static_cast<Choice>(reader_.octet());
    if (value > last) reader_.spoil();
  }
  void queue(QueueRef& queue) {
    number(queue.id.value);
    number(queue.epoch.value);
  }
  void session(SessionRef& session) {
    session.id = SessionId(std::rotr(reader_.varint(), kSessionRotation));
    number(session.node.value);
    number(session.shard);
  }
  void channel(broker::ChannelRef& channel) {
    number(channel.generation);
    number(channel.number);
  }
  void text(std::string& text) {
    const std::uint64_t bytes = reader_.varint();
    if (bytes > limits::kShortStringBytesMax) return reader_.spoil();
    text = reader_.bytes(bytes);
  }
  // Of a shipment: nothing is believed of them here, whoever walks over the records checks each.
  void bytes_or_none(std::shared_ptr<const ByteBuffer>& bytes) {
    const std::uint64_t size = reader_.varint();
    if (!reader_.ok() || size > left()) return reader_.spoil();
    if (size == 0) return;
    auto copy = std::make_shared<ByteBuffer>();
    copy->append(reader_.bytes(size));
    bytes = std::move(copy);
  }
  // Ascending, apart from each other.
  void ranges(std::vector<broker::Range>& ranges) {
    const std::uint64_t count = reader_.varint();
    if (!reader_.ok() || count > mirror::kRangesPerPiece) return reader_.spoil();
    Position before = 0;
    for (std::uint64_t i = 0; i < count && reader_.ok(); ++i) {
      const Position first = before + reader_.varint();
      const Position last = first + reader_.varint();
      if (first <= before || last < first) return reader_.spoil();
      ranges.push_back({first, last});
      before = last;
    }
  }
  // Ascending.
  void weights(std::vector<mirror::Weight>& weights) {
    const std::uint64_t count = reader_.varint();
    if (!reader_.ok() || count > mirror::kWeightsMax) return reader_.spoil();
    Position before = 0;
    for (std::uint64_t i = 0; i < count && reader_.ok(); ++i) {
      const Position position = before + reader_.varint();
      const std::uint64_t weight = reader_.varint();
      if (position <= before) return reader_.spoil();
      weights.push_back({position, weight});
      before = position;
    }
  }
  void table(amqp::Table& table) {
    const std::string_view length = reader_.bytes(sizeof(std::uint32_t));
    if (!reader_.ok()) return;
    auto read = amqp::decode_table(reader_.bytes(load_big<std::uint32_t>(length.data())));
    if (!read || !reader_.ok()) return reader_.spoil();
    table = std::move(*read);
  }
  void message(broker::MessageRef& message) {
    message_or_none(message);
    if (!message) reader_.spoil();
  }
  void message_or_none(broker::MessageRef& message) {
    constexpr auto kKept = static_cast<std::uint64_t>(MessageMark::follows_and_is_kept);
    const std::uint64_t mark = reader_.varint();
    if (mark == static_cast<std::uint64_t>(MessageMark::none)) return;
    if (mark <= kKept) {
      message = read_message();
      if (mark == kKept && message) remembered_[kept_++ % kMessagesRemembered] = message;
      return;
    }
    const std::uint64_t back = mark - kKept;
    if (back > kMessagesRemembered || back > kept_) return reader_.spoil();
    message = remembered_[(kept_ - back) % kMessagesRemembered];
  }

 private:
  broker::MessageRef read_message() {
    broker::MessageParts parts;
    if (!broker::read_message_parts(reader_, parts)) return {};
    if (parts.elsewhere || !can_be_read(parts.properties)) {
      reader_.spoil();
      return {};
    }
    return broker::make_message(parts.exchange, parts.routing_key, parts.properties, parts.body, parts.traits);
  }

  // Whoever reads properties later does not check them again. Most messages have none.
  static bool can_be_read(std::string_view properties) {
    if (properties == amqp::kNoProperties) return true;
    amqp::PropertiesView view;
    return amqp::scan_properties(properties, view);
  }

  broker::RecordReader reader_;
  std::size_t bytes_;
  std::array<broker::MessageRef, kMessagesRemembered> remembered_;
  std::size_t kept_ = 0;
};

}  // namespace warren::node
