// What mail between nodes is made of: one list of fields per kind, for writer and reader.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "broker/queue/effects.hpp"
#include "broker/session/mail.hpp"
#include "mirror/messages.hpp"

namespace warren::node {

// Between programs of different age: never changed, never used again for something else.
enum class MailTag : std::uint8_t {
  none = 0,
  enqueue = 1,
  attach = 2,
  detach = 3,
  get = 4,
  settle = 5,
  replenish = 6,
  pause = 7,
  inspect = 8,
  purge = 9,
  remove = 10,
  stay = 11,
  enqueue_again = 12,  // an enqueue of what a client may have seen
  delivery = 32,
  confirmed = 33,
  rejected = 34,
  attached = 35,
  attach_refused = 36,
  detached = 37,
  get_answer = 38,
  counted = 39,
  purged = 40,
  delete_answer = 41,
  paused = 42,
  consumer_lost = 43,
  begin = 96,
  shipment = 97,
  holdings = 98,
  held = 99,
  lost = 100,
  seal = 101,
  sealed = 102,
  weigh = 103,
  weighed = 104,
  direct_reply = 64,
  reply_consumer_question = 65,
  reply_consumer_answer = 66,
};

template <class Self, class Kind>
concept Of = std::same_as<std::remove_const_t<Self>, Kind>;

// ---- commands ----

constexpr MailTag tag_of(const broker::Enqueue& mail) {
  return mail.redelivered ? MailTag::enqueue_again : MailTag::enqueue;
}
void mail_fields(Of<broker::Enqueue> auto& mail, auto& visit) {
  visit.message(mail.message);
  visit.session(mail.publisher);
  visit.channel(mail.channel);
  visit.number(mail.sequence);
}

constexpr MailTag tag_of(const broker::Attach&) { return MailTag::attach; }
void mail_fields(Of<broker::Attach> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
  visit.text(mail.tag);
  visit.table(mail.arguments);
  visit.signed_number(mail.priority);
  visit.number(mail.prefetch);
  visit.flag(mail.no_ack);
  visit.flag(mail.exclusive);
  visit.flag(mail.paused);
}

constexpr MailTag tag_of(const broker::Detach&) { return MailTag::detach; }
void mail_fields(Of<broker::Detach> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
  visit.number(mail.slot.value);
}

constexpr MailTag tag_of(const broker::Get&) { return MailTag::get; }
void mail_fields(Of<broker::Get> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
  visit.flag(mail.no_ack);
}

constexpr MailTag tag_of(const broker::Settle&) { return MailTag::settle; }
void mail_fields(Of<broker::Settle> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
  visit.number(mail.first);
  visit.number(mail.last);
  visit.choice(mail.outcome, broker::Outcome::returned);
}

constexpr MailTag tag_of(const broker::Replenish&) { return MailTag::replenish; }
void mail_fields(Of<broker::Replenish> auto& mail, auto& visit) {
  visit.number(mail.slot.value);
  visit.signed_number(mail.bytes);
}

constexpr MailTag tag_of(const broker::Pause&) { return MailTag::pause; }
void mail_fields(Of<broker::Pause> auto& mail, auto& visit) {
  visit.number(mail.slot.value);
  visit.flag(mail.paused);
}

constexpr MailTag tag_of(const broker::Inspect&) { return MailTag::inspect; }
void mail_fields(Of<broker::Inspect> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
  visit.flag(mail.declared);
}

constexpr MailTag tag_of(const broker::Purge&) { return MailTag::purge; }
void mail_fields(Of<broker::Purge> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
}

constexpr MailTag tag_of(const broker::Stay&) { return MailTag::stay; }
void mail_fields(Of<broker::Stay> auto&, auto&) {}

constexpr MailTag tag_of(const broker::Delete&) { return MailTag::remove; }
void mail_fields(Of<broker::Delete> auto& mail, auto& visit) {
  visit.session(mail.session);
  visit.channel(mail.channel);
  visit.flag(mail.if_unused);
  visit.flag(mail.if_empty);
}

// ---- events ----

constexpr MailTag tag_of(const broker::Delivery&) { return MailTag::delivery; }
void mail_fields(Of<broker::Delivery> auto& mail, auto& visit) {
  visit.message(mail.message);
  visit.queue(mail.queue);
  visit.number(mail.position);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
  visit.flag(mail.redelivered);
}

constexpr MailTag tag_of(const broker::Confirmed&) { return MailTag::confirmed; }
void mail_fields(Of<broker::Confirmed> auto& mail, auto& visit) {
  visit.channel(mail.channel);
  visit.number(mail.first);
  visit.number(mail.last);
}

constexpr MailTag tag_of(const broker::Rejected&) { return MailTag::rejected; }
void mail_fields(Of<broker::Rejected> auto& mail, auto& visit) {
  visit.channel(mail.channel);
  visit.number(mail.first);
  visit.number(mail.last);
}

constexpr MailTag tag_of(const broker::Attached&) { return MailTag::attached; }
void mail_fields(Of<broker::Attached> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
  visit.number(mail.slot.value);
}

constexpr MailTag tag_of(const broker::AttachRefused&) { return MailTag::attach_refused; }
void mail_fields(Of<broker::AttachRefused> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
  visit.flag(mail.gone);
}

constexpr MailTag tag_of(const broker::Detached&) { return MailTag::detached; }
void mail_fields(Of<broker::Detached> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
}

constexpr MailTag tag_of(const broker::GetAnswer&) { return MailTag::get_answer; }
void mail_fields(Of<broker::GetAnswer> auto& mail, auto& visit) {
  visit.message_or_none(mail.message);
  visit.queue(mail.queue);
  visit.number(mail.position);
  visit.channel(mail.channel);
  visit.number(mail.remaining);
  visit.flag(mail.redelivered);
  visit.flag(mail.no_ack);
  visit.flag(mail.gone);
}

constexpr MailTag tag_of(const broker::Counted&) { return MailTag::counted; }
void mail_fields(Of<broker::Counted> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.ready);
  visit.number(mail.consumers);
  visit.flag(mail.gone);
}

constexpr MailTag tag_of(const broker::Purged&) { return MailTag::purged; }
void mail_fields(Of<broker::Purged> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.messages);
  visit.flag(mail.gone);
}

constexpr MailTag tag_of(const broker::DeleteAnswer&) { return MailTag::delete_answer; }
void mail_fields(Of<broker::DeleteAnswer> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.choice(mail.verdict, broker::DeleteAnswer::Verdict::gone);
  visit.number(mail.ready);
}

constexpr MailTag tag_of(const broker::Paused&) { return MailTag::paused; }
void mail_fields(Of<broker::Paused> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
}

constexpr MailTag tag_of(const broker::ConsumerLost&) { return MailTag::consumer_lost; }
void mail_fields(Of<broker::ConsumerLost> auto& mail, auto& visit) {
  visit.queue(mail.queue);
  visit.channel(mail.channel);
  visit.number(mail.consumer.value);
}

// ---- between a queue and its copies ----

constexpr MailTag tag_of(const mirror::Begin&) { return MailTag::begin; }
void mail_fields(Of<mirror::Begin> auto& mail, auto& visit) { visit.number(mail.serial); }

constexpr MailTag tag_of(const mirror::Shipment&) { return MailTag::shipment; }
void mail_fields(Of<mirror::Shipment> auto& mail, auto& visit) {
  visit.number(mail.serial);
  visit.number(mail.number);
  visit.flag(mail.whole);
  visit.bytes_or_none(mail.records);
}

constexpr MailTag tag_of(const mirror::Holdings&) { return MailTag::holdings; }
void mail_fields(Of<mirror::Holdings> auto& mail, auto& visit) {
  visit.number(mail.serial);
  visit.flag(mail.last);
  visit.ranges(mail.ranges);
}

constexpr MailTag tag_of(const mirror::Held&) { return MailTag::held; }
void mail_fields(Of<mirror::Held> auto& mail, auto& visit) {
  visit.number(mail.serial);
  visit.number(mail.number);
  visit.number(mail.seen);
}

constexpr MailTag tag_of(const mirror::Lost&) { return MailTag::lost; }
void mail_fields(Of<mirror::Lost> auto& mail, auto& visit) { visit.number(mail.serial); }

constexpr MailTag tag_of(const mirror::Seal&) { return MailTag::seal; }
void mail_fields(Of<mirror::Seal> auto& mail, auto& visit) {
  visit.number(mail.comparison);
  visit.number(mail.serial);
  visit.number(mail.number);
}

constexpr MailTag tag_of(const mirror::Sealed&) { return MailTag::sealed; }
void mail_fields(Of<mirror::Sealed> auto& mail, auto& visit) {
  visit.number(mail.comparison);
  visit.flag(mail.sound);
  visit.flag(mail.last);
  visit.ranges(mail.ranges);
}

constexpr MailTag tag_of(const mirror::Weigh&) { return MailTag::weigh; }
void mail_fields(Of<mirror::Weigh> auto& mail, auto& visit) {
  visit.number(mail.comparison);
  visit.number(mail.first);
  visit.number(mail.last);
}

constexpr MailTag tag_of(const mirror::Weighed&) { return MailTag::weighed; }
void mail_fields(Of<mirror::Weighed> auto& mail, auto& visit) {
  visit.number(mail.comparison);
  visit.number(mail.first);
  visit.weights(mail.weights);
}

// ---- letters ----

constexpr MailTag tag_of(const broker::DirectReply&) { return MailTag::direct_reply; }
void mail_fields(Of<broker::DirectReply> auto& mail, auto& visit) {
  visit.channel(mail.channel);
  visit.number(mail.secret);
  visit.message(mail.message);
}

constexpr MailTag tag_of(const broker::ReplyConsumerQuestion&) { return MailTag::reply_consumer_question; }
void mail_fields(Of<broker::ReplyConsumerQuestion> auto& mail, auto& visit) {
  visit.channel(mail.channel);
  visit.number(mail.secret);
  visit.session(mail.asker);
  visit.channel(mail.asking_channel);
}

constexpr MailTag tag_of(const broker::ReplyConsumerAnswer&) { return MailTag::reply_consumer_answer; }
void mail_fields(Of<broker::ReplyConsumerAnswer> auto& mail, auto& visit) {
  visit.channel(mail.channel);
  visit.flag(mail.alive);
}

}  // namespace warren::node
