#include "tools/perf/client/consumer.hpp"

#include <algorithm>
#include <cstring>

namespace warren::perf {
namespace {

constexpr std::size_t kConsumerReadBytes = 256 << 10;

}  // namespace

Consumer::Consumer(const Plan& plan, std::size_t index, const std::string& body, Tally& tally)
    : plan_(plan),
      link_(plan.addresses[index % plan.addresses.size()], {plan.frame_max, kConsumerReadBytes}),
      index_(index),
      queue_(index % plan.queues),
      body_(body),
      tally_(tally),
      stamped_(plan.body_bytes >= kStampBytes) {
  link_.open_channel(kChannel);
  if (plan.prefetch != 0) link_.call<amqp::BasicQosOk>(kChannel, amqp::BasicQos{.prefetch_count = plan.prefetch});
}

void Consumer::start(const Topology& topology) {
  const std::string name = topology.queue_name(queue_);
  link_.call<amqp::BasicConsumeOk>(kChannel, amqp::BasicConsume{.queue = name, .no_ack = plan_.ack_every == 0});
}

void Consumer::read(std::uint64_t now_ns) {
  amqp::Frame frame;
  while (link_.next(frame)) {
    switch (static_cast<amqp::FrameType>(frame.type)) {
      case amqp::FrameType::method: on_method(frame.payload); break;
      case amqp::FrameType::header: on_header(frame.payload, now_ns); break;
      default: on_body(frame, now_ns);
    }
  }
  link_.flush();
}

void Consumer::on_method(std::string_view payload) {
  const amqp::MethodId id = amqp::method_id(payload);
  if (id == amqp::BasicCancel::id) ++tally_.cancelled;
  if (id != amqp::BasicDeliver::id) return;
  amqp::BasicDeliver deliver;
  if (content_.method() == amqp::ContentAssembler::Step::error ||
      amqp::decode(amqp::method_arguments(payload), deliver) != amqp::DecodeStatus::ok)
    throw Trouble("the broker sent a delivery that cannot be read");
  content_.begin(id);
  tag_ = deliver.delivery_tag;
  redelivered_ = deliver.redelivered;
}

void Consumer::on_header(std::string_view payload, std::uint64_t now_ns) {
  amqp::ContentHeader header;
  const auto step = content_.header(payload, header);
  if (step == amqp::ContentAssembler::Step::error) throw Trouble("the broker sent a content header out of order");
  intact_ = header.body_bytes == plan_.body_bytes;
  body_at_ = 0;
  stamp_bytes_.clear();
  if (step == amqp::ContentAssembler::Step::complete) complete(now_ns);
}

void Consumer::on_body(const amqp::Frame& frame, std::uint64_t now_ns) {
  const std::string_view part = frame.payload;
  const auto step = content_.body(part, frame.last);
  if (step == amqp::ContentAssembler::Step::error) throw Trouble("the broker sent a body out of order");
  if (stamped_ && body_at_ < kStampBytes) {
    if (body_at_ == 0 && part.size() >= kStampBytes) {
      stamp_ = read_stamp(part.data());
    } else {
      stamp_bytes_.append(part.substr(0, kStampBytes - body_at_));
      if (stamp_bytes_.size() == kStampBytes) stamp_ = read_stamp(stamp_bytes_.data());
    }
  }
  if (plan_.check && intact_) intact_ = looks_right(part);
  body_at_ += part.size();
  if (step == amqp::ContentAssembler::Step::complete) complete(now_ns);
}

bool Consumer::looks_right(std::string_view part) const {
  const std::size_t stamp_left = stamped_ && body_at_ < kStampBytes ? kStampBytes - body_at_ : 0;
  const std::size_t skipped = std::min(stamp_left, part.size());
  const std::size_t bytes = part.size() - skipped;
  return bytes == 0 || std::memcmp(part.data() + skipped, body_.data() + body_at_ + skipped, bytes) == 0;
}

void Consumer::complete(std::uint64_t now_ns) {
  ++tally_.delivered;
  if (redelivered_) ++tally_.redelivered;
  if (stamped_ && intact_) {
    if (tally_.measuring) tally_.latency_ns.add(now_ns > stamp_.intended_ns ? now_ns - stamp_.intended_ns : 0);
    if (plan_.check) tally_.integrity.delivered(index_, queue_, stamp_, redelivered_);
  } else if (plan_.check && !intact_) {
    tally_.integrity.corrupted();
  }
  if (plan_.ack_every != 0 && ++unacknowledged_ >= plan_.ack_every) acknowledge();
}

void Consumer::acknowledge() {
  amqp::append_method_frame(link_.out(), kChannel,
                            amqp::BasicAck{.delivery_tag = tag_, .multiple = unacknowledged_ > 1});
  unacknowledged_ = 0;
}

void Consumer::finish() {
  if (unacknowledged_ != 0) acknowledge();
  link_.flush();
}

}  // namespace warren::perf
