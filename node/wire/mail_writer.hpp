// Writes mail field by field.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "amqp/table.hpp"
#include "base/bytes.hpp"
#include "base/check.hpp"
#include "broker/queue/messages.hpp"
#include "broker/queue/stored/message_record.hpp"
#include "broker/queue/stored/ranges.hpp"
#include "mirror/messages.hpp"

namespace warren::node {

// The upper bits of a session's identity tell its shard. Rotated they are the lower ones, and the varint is short.
inline constexpr int kSessionRotation = 16;

// Messages that may be referred to, as writer and reader remember them: the last few.
inline constexpr std::size_t kMessagesRemembered = 8;

enum class MessageMark : std::uint8_t { none = 0, follows = 1, follows_and_is_kept = 2 };

// Room is taken per item, not per number. Between end() and the next begin() the buffer is as long as what was written.
class MailWriter {
 public:
  explicit MailWriter(ByteBuffer& out) : out_(out) {}

  void begin() { at_ = out_.extend(kRoom); }
  void end() {
    const auto written = static_cast<std::size_t>(at_ - out_.data());
    WARREN_CHECK(written <= out_.size(), "an item fits its room");
    out_.truncate(written);
  }

  template <std::unsigned_integral Number>
  void number(Number number) {
    at_ = broker::put_varint(at_, number);
  }
  void signed_number(std::int64_t number) {
    const auto shifted = static_cast<std::uint64_t>(number) << 1;
    at_ = broker::put_varint(at_, number < 0 ? ~shifted : shifted);
  }
  void flag(bool value) { *at_++ = value ? 1 : 0; }
  template <class Choice>
  void choice(Choice value, Choice /*last*/) {
    *at_++ = static_cast<char>(value);
  }
  void queue(const QueueRef& queue) {
    number(queue.id.value);
    number(queue.epoch.value);
  }
  void session(const SessionRef& session) {
    number(std::rotl(session.id.value, kSessionRotation));
    number(session.node.value);
    number(session.shard);
  }
  void channel(const broker::ChannelRef& channel) {
    number(channel.generation);
    number(channel.number);
  }
  void text(std::string_view text) {
    number(text.size());
    end();
    out_.append(text);
    begin();
  }
  void bytes_or_none(const std::shared_ptr<const ByteBuffer>& bytes) {
    text(bytes == nullptr ? std::string_view() : bytes->view());
  }
  void ranges(const std::vector<broker::Range>& ranges) {
    number(ranges.size());
    Position before = 0;
    for (const broker::Range& range : ranges) {
      number(range.first - before);
      number(range.last - range.first);
      before = range.last;
      end();
      begin();
    }
  }
  void weights(const std::vector<mirror::Weight>& weights) {
    number(weights.size());
    Position before = 0;
    for (const mirror::Weight& one : weights) {
      number(one.position - before);
      number(one.weight);
      before = one.position;
      end();
      begin();
    }
  }
  void table(const amqp::Table& table) {
    end();
    amqp::encode_table(table, out_);
    begin();
  }
  void message(const broker::MessageRef& message) {
    WARREN_CHECK(message, "what is sent has a message");
    // Nobody else holds it: nothing else in this batch can.
    if (!message->shared()) return write(*message, MessageMark::follows);
    for (std::size_t back = 1; back <= kMessagesRemembered && back <= kept_; ++back)
      if (remembered_[(kept_ - back) % kMessagesRemembered] == message.get())
        return number(back + static_cast<std::size_t>(MessageMark::follows_and_is_kept));
    remembered_[kept_++ % kMessagesRemembered] = message.get();
    write(*message, MessageMark::follows_and_is_kept);
  }
  void message_or_none(const broker::MessageRef& reference) {
    if (reference) return message(reference);
    choice(MessageMark::none, MessageMark::none);
  }

 private:
  // More numbers than any item has between two texts.
  static constexpr std::size_t kRoom = 16 * broker::kVarintBytesMax;

  void write(const broker::Message& message, MessageMark mark) {
    *at_++ = static_cast<char>(mark);
    end();
    broker::append_message(out_, message);
    begin();
  }

  ByteBuffer& out_;
  char* at_ = nullptr;
  std::array<const broker::Message*, kMessagesRemembered> remembered_{};  // the batch holds them
  std::size_t kept_ = 0;
};

}  // namespace warren::node
