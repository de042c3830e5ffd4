// Batches to send to other nodes, and batches as text.
#pragma once

#include <fmt/core.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "amqp/properties.hpp"
#include "base/rng.hpp"
#include "node/mail_batch.hpp"
#include "node/wire/mail_fields.hpp"

namespace warren::node::testing {

constexpr QueueRef kQueue{QueueId(300), Epoch(2)};
constexpr SessionRef kSession{SessionId((3ull << 48) | 5), NodeId(7), 3};
constexpr broker::ChannelRef kChannel{9, 4};

inline broker::MessageRef sample_message(std::string_view body) {
  return broker::make_message("ex", "key", amqp::kNoProperties, body, {.priority = 1, .persistent = true});
}

// Writes down every field of what mail_fields names.
class MailPrinter {
 public:
  void number(std::uint64_t number) { text_ += fmt::format(" {}", number); }
  void signed_number(std::int64_t number) { text_ += fmt::format(" {}", number); }
  void flag(bool value) { text_ += value ? " yes" : " no"; }
  template <class Choice>
  void choice(Choice value, Choice /*last*/) {
    text_ += fmt::format(" {}", static_cast<int>(value));
  }
  void queue(const QueueRef& queue) { text_ += fmt::format(" queue {}.{}", queue.id.value, queue.epoch.value); }
  void session(const SessionRef& session) {
    text_ += fmt::format(" session {:x}@{}.{}", session.id.value, session.node.value, session.shard);
  }
  void channel(const broker::ChannelRef& channel) {
    text_ += fmt::format(" channel {}.{}", channel.number, channel.generation);
  }
  void text(const std::string& text) { text_ += " '" + text + "'"; }
  void table(const amqp::Table& table) { text_ += " " + amqp::print(table); }
  void message(const broker::MessageRef& message) {
    const broker::MessageTraits& traits = message->traits();
    text_ += fmt::format(" message '{}' '{}' {} '{}' {} {} {} {}", message->exchange(), message->routing_key(),
                         message->properties().size(), message->body(), traits.expiration_ms, traits.priority,
                         traits.persistent, traits.died_here);
  }
  void message_or_none(const broker::MessageRef& reference) {
    if (reference) return message(reference);
    text_ += " none";
  }
  void bytes_or_none(const std::shared_ptr<const ByteBuffer>& bytes) {
    text_ += bytes == nullptr ? " none" : fmt::format(" '{}'", bytes->view());
  }
  void ranges(const std::vector<broker::Range>& ranges) {
    for (const broker::Range& range : ranges) text_ += fmt::format(" {}-{}", range.first, range.last);
  }
  void weights(const std::vector<mirror::Weight>& weights) {
    for (const mirror::Weight& one : weights) text_ += fmt::format(" {}={}", one.position, one.weight);
  }

  void content(const broker::Decided&) {}
  void content(const auto& content) {
    text_ += fmt::format("{}:", static_cast<int>(tag_of(content)));
    mail_fields(content, *this);
    text_ += "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

inline std::string print(const MailBatch& batch) {
  MailPrinter printer;
  printer.number(batch.from);
  printer.number(batch.seen.value);
  printer.signed_number(batch.publish_bytes);
  printer.signed_number(batch.returned_bytes);
  for (const broker::QueueMail& mail : batch.queue_mail) {
    printer.queue(mail.to);
    std::visit([&](const auto& content) { printer.content(content); }, mail.command);
  }
  for (const broker::SessionMail& mail : batch.session_mail) {
    printer.session(mail.to);
    std::visit([&](const auto& content) { printer.content(content); }, mail.event);
  }
  for (const broker::Letter& letter : batch.letters) {
    printer.session(letter.to);
    std::visit([&](const auto& content) { printer.content(content); }, letter.content);
  }
  for (const mirror::MirrorMail& mail : batch.mirror_mail) {
    printer.queue(mail.queue);
    std::visit([&](const auto& content) { printer.content(content); }, mail.content);
  }
  return printer.take();
}

// Every kind of mail, no field at its default.
inline MailBatch one_of_each() {
  using namespace broker;
  const ConsumerId consumer(6);
  const ConsumerSlot slot(1u << 20);
  MailBatch batch;
  batch.from = 2;
  batch.seen = Revision(1000);
  batch.publish_bytes = 5'000'000'000;
  batch.returned_bytes = 64;
  Attach attach{kSession, kChannel, consumer, "tag", {}, -5, 10, true, true, true};
  attach.arguments.set("x-priority", amqp::Value(std::int32_t{-5}));
  const std::vector<QueueCommand> commands = {Enqueue{sample_message("hello"), kSession, kChannel, 77},
                                              Enqueue{sample_message("hello"), kSession, kChannel, 78, true},
                                              attach,
                                              Detach{kSession, kChannel, consumer, slot},
                                              Get{kSession, kChannel, true},
                                              Settle{kSession, kChannel, 8, 1ull << 40, Outcome::returned},
                                              Replenish{slot, -300},
                                              Pause{slot, true},
                                              Inspect{kSession, kChannel, true},
                                              Purge{kSession, kChannel},
                                              Stay{},
                                              Delete{kSession, kChannel, true, true}};
  for (const QueueCommand& command : commands) batch.queue_mail.push_back({kQueue, command});
  const std::vector<QueueEvent> events = {Delivery{sample_message("there"), kQueue, 12, kChannel, consumer, true},
                                          Confirmed{kChannel, 3, 9},
                                          Rejected{kChannel, 10, 11},
                                          Attached{kQueue, kChannel, consumer, slot},
                                          AttachRefused{kQueue, kChannel, consumer, true},
                                          Detached{kQueue, kChannel, consumer},
                                          GetAnswer{sample_message("got"), kQueue, 13, kChannel, 99, true, true, true},
                                          GetAnswer{{}, kQueue, 0, kChannel, 0, false, false, false},
                                          Counted{kQueue, kChannel, 5, 6, true},
                                          Purged{kQueue, kChannel, 7, true},
                                          DeleteAnswer{kQueue, kChannel, DeleteAnswer::Verdict::gone, 8},
                                          Paused{kQueue, kChannel, consumer},
                                          ConsumerLost{kQueue, kChannel, consumer}};
  for (const QueueEvent& event : events) batch.session_mail.push_back({kSession, event});
  batch.letters.push_back({kSession, DirectReply{kChannel, ~0ull, sample_message("reply")}});
  batch.letters.push_back({kSession, ReplyConsumerQuestion{kChannel, 123, kSession, {1, 2}}});
  batch.letters.push_back({kSession, ReplyConsumerAnswer{kChannel, true}});
  auto records = std::make_shared<ByteBuffer>();
  records->append("records");
  batch.mirror_mail.push_back({kQueue, mirror::Begin{5}});
  batch.mirror_mail.push_back({kQueue, mirror::Shipment{5, 1, std::move(records), false}});
  batch.mirror_mail.push_back({kQueue, mirror::Shipment{5, 2, nullptr, true}});
  batch.mirror_mail.push_back({kQueue, mirror::Holdings{5, {{1, 1}, {3, 1ull << 45}}, true}});
  batch.mirror_mail.push_back({kQueue, mirror::Held{5, 300}});
  batch.mirror_mail.push_back({kQueue, mirror::Lost{5}});
  batch.mirror_mail.push_back({kQueue, mirror::Seal{8, 5, 301}});
  batch.mirror_mail.push_back({kQueue, mirror::Sealed{8, false, {{2, 2}, {4, 1ull << 45}}, false}});
  batch.mirror_mail.push_back({kQueue, mirror::Weigh{8, 2, 1ull << 45}});
  batch.mirror_mail.push_back({kQueue, mirror::Weighed{8, 2, {{2, ~0ull}, {1ull << 45, 1}}}});
  return batch;
}

}  // namespace warren::node::testing
