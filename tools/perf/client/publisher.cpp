#include "tools/perf/client/publisher.hpp"

#include <algorithm>
#include <limits>

#include "amqp/frame_writer.hpp"
#include "amqp/properties.hpp"

namespace warren::perf {
namespace {

constexpr std::size_t kPublisherReadBytes = 64 << 10;
// Bytes that are sent in one go.
constexpr std::size_t kBeltBytes = 64 << 10;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
constexpr double kNanosecondsPerSecond = 1e9;

// The publisher's part of all messages: the first ones have one more when it does not come out even.
std::uint64_t quota(const Plan& plan, std::size_t index) {
  if (plan.count == 0) return kNoLimit;
  return plan.count / plan.publishers + (index < plan.count % plan.publishers ? 1 : 0);
}

}  // namespace

Publisher::Publisher(const Plan& plan, const Topology& topology, std::size_t index, Tally& tally)
    : link_(plan.publish_addresses[index % plan.publish_addresses.size()], {plan.frame_max, kPublisherReadBytes}),
      tally_(tally),
      keys_(topology.keys_of_publisher(index)),
      first_stream_(static_cast<std::uint32_t>(index * topology.keys())),
      stamped_(plan.body_bytes >= kStampBytes),
      quota_(quota(plan, index)),
      missing_(keys_.size()) {
  link_.open_channel(kChannel);
  if (plan.confirms != 0) {
    link_.call<amqp::ConfirmSelectOk>(kChannel, amqp::ConfirmSelect{});
    window_.emplace(plan.confirms);
  }
  if (plan.rate != 0) {
    interval_ns_ = kNanosecondsPerSecond * static_cast<double>(plan.publishers) / static_cast<double>(plan.rate);
    offset_ns_ = interval_ns_ * static_cast<double>(index) / static_cast<double>(plan.publishers);
  }
  fill_belt(plan, topology);
}

// Whole rounds of all keys, so that the belt can be gone over again and again.
void Publisher::fill_belt(const Plan& plan, const Topology& topology) {
  const std::string body = body_pattern(plan.body_bytes);
  do {
    for (const std::size_t key : keys_) append_message(plan, topology, key, body);
  } while (belt_.size() + belt_.size() / places_.size() * keys_.size() <= kBeltBytes);
}

void Publisher::append_message(const Plan& plan, const Topology& topology, std::size_t key, const std::string& body) {
  const std::size_t begin = belt_.size();
  const std::string routing_key = topology.routing_key(key);
  amqp::append_method_frame(
      belt_, kChannel,
      amqp::BasicPublish{.exchange = topology.exchange(), .routing_key = routing_key, .mandatory = plan.mandatory});
  amqp::Properties properties;
  properties.headers = topology.headers(key);
  properties.has_headers = !properties.headers.empty();
  if (plan.persistent) properties.delivery_mode = amqp::kPersistent;
  ByteBuffer raw;
  amqp::encode_properties(properties, raw);
  amqp::append_content_header_frame(belt_, kChannel, body.size(), raw.view());
  places_.push_back({begin, belt_.size() + amqp::kFrameHeadBytes});
  amqp::append_body_frames(belt_, kChannel, body, link_.frame_max());
}

void Publisher::start(std::uint64_t now_ns) { start_ns_ = now_ns + static_cast<std::uint64_t>(offset_ns_); }

std::uint64_t Publisher::intended_ns(std::uint64_t message) const {
  return start_ns_ + static_cast<std::uint64_t>(static_cast<double>(message) * interval_ns_);
}

std::uint64_t Publisher::due_ns() const {
  if (stopped_ || sent_ == quota_) return kNoLimit;
  return interval_ns_ == 0 ? 0 : intended_ns(sent_);
}

std::uint64_t Publisher::allowed(std::uint64_t now_ns) const {
  if (stopped_ || !link_.may_publish()) return 0;
  std::uint64_t messages = quota_ - sent_;
  if (window_) messages = std::min(messages, window_->room());
  if (interval_ns_ == 0) return messages;
  if (now_ns < start_ns_) return 0;
  const auto due = static_cast<std::uint64_t>(static_cast<double>(now_ns - start_ns_) / interval_ns_) + 1;
  return due <= sent_ ? 0 : std::min(messages, due - sent_);
}

bool Publisher::work(std::uint64_t now_ns, std::uint64_t most) {
  if (link_.full()) return false;
  if (unsent_.empty()) {
    if (!link_.flush()) return false;
    const std::uint64_t at = sent_ % places_.size();
    const std::uint64_t messages = std::min({allowed(now_ns), most, places_.size() - at});
    if (messages == 0) return false;
    prepare(messages, now_ns);
  }
  return link_.send_some(unsent_);
}

void Publisher::prepare(std::uint64_t messages, std::uint64_t now_ns) {
  const std::uint64_t first = sent_ % places_.size();
  for (std::uint64_t i = 0; i < messages; ++i) {
    const std::uint64_t message = sent_ + i;
    const std::uint64_t intended = interval_ns_ == 0 ? now_ns : intended_ns(message);
    if (stamped_)
      write_stamp(belt_.data() + places_[first + i].stamp,
                  {intended, stream(keys_[message % keys_.size()]), message / keys_.size()});
    if (window_) window_->sent(intended);
  }
  sent_ += messages;
  tally_.published += messages;
  const std::size_t begin = places_[first].begin;
  const std::size_t end = first + messages < places_.size() ? places_[first + messages].begin : belt_.size();
  unsent_ = belt_.view().substr(begin, end - begin);
}

void Publisher::read(std::uint64_t now_ns) {
  amqp::Frame frame;
  while (link_.next(frame)) {
    if (frame.is(amqp::FrameType::method)) {
      on_method(frame.payload, now_ns);
    } else if (frame.is(amqp::FrameType::header)) {
      amqp::ContentHeader header;
      content_.header(frame.payload, header);
    } else {
      on_body(frame);
    }
  }
}

void Publisher::on_method(std::string_view payload, std::uint64_t now_ns) {
  const amqp::MethodId id = amqp::method_id(payload);
  const std::string_view arguments = amqp::method_arguments(payload);
  if (amqp::BasicAck ack; id == ack.id && amqp::decode(arguments, ack) == amqp::DecodeStatus::ok)
    return on_confirm(ack.delivery_tag, ack.multiple, false, now_ns);
  if (amqp::BasicNack nack; id == nack.id && amqp::decode(arguments, nack) == amqp::DecodeStatus::ok)
    return on_confirm(nack.delivery_tag, nack.multiple, true, now_ns);
  if (id != amqp::BasicReturn::id) return;
  ++tally_.returned;
  content_.begin(id);
}

// Only the stamp at the front of a returned body is of interest.
void Publisher::on_body(const amqp::Frame& frame) {
  content_.body(frame.payload, frame.last);
  if (!stamped_ || !frame.first || frame.payload.size() < kStampBytes) return;
  const std::size_t key = read_stamp(frame.payload.data()).stream - first_stream_;
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found != keys_.end()) ++missing_[static_cast<std::size_t>(found - keys_.begin())];
}

void Publisher::on_confirm(std::uint64_t tag, bool multiple, bool nack, std::uint64_t now_ns) {
  const bool known = window_ && window_->answer(tag, multiple, [&](std::uint64_t answered, std::uint64_t sent_ns) {
    ++(nack ? tally_.nacked : tally_.confirmed);
    if (nack) ++missing_[(answered - 1) % keys_.size()];
    if (tally_.measuring) tally_.confirm_latency_ns.add(now_ns > sent_ns ? now_ns - sent_ns : 0);
  });
  if (!known) throw Trouble("the broker confirmed what was not waiting for a confirm: " + std::to_string(tag));
}

std::vector<Publisher::Due> Publisher::dues() const {
  std::vector<Due> dues;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const std::uint64_t published = sent_ / keys_.size() + (i < sent_ % keys_.size() ? 1 : 0);
    dues.push_back({keys_[i], stream(keys_[i]), published - std::min(published, missing_[i])});
  }
  return dues;
}

}  // namespace warren::perf
